import type { StorageClass } from '@aws-sdk/client-s3';
import type { ObjectDescription } from '../../store/object-store.ts';
import { s3Errors } from './errors.ts';
import type { Encryption } from './managed-key.ts';
import { tagsOfHeader } from './tags.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const keyBytesMax = 1_024;
const metadataBytesMax = 2_048;
/** One body: an object or a part. https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
export const bodyBytesMax = 5 * 1024 ** 3;

/** Classes whose objects can be read at once. The others would need RestoreObject. */
const readableClasses = new Set(['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'REDUCED_REDUNDANCY', 'GLACIER_IR']);
const otherClasses = new Set(['GLACIER', 'DEEP_ARCHIVE', 'OUTPOSTS', 'SNOW', 'EXPRESS_ONEZONE', 'FSX_OPENZFS', 'FSX_ONTAP']);

/** The members of PutObject, CreateMultipartUpload and CopyObject that describe the object. */
export interface DescriptionInput {
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly ContentType?: string | undefined;
  readonly Expires?: Date | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly StorageClass?: string | undefined;
  readonly Tagging?: string | undefined;
}

export function describeObject(input: DescriptionInput): ObjectDescription {
  const metadata = input.Metadata ?? {};
  const metadataBytes = Object.entries(metadata).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (metadataBytes > metadataBytesMax) throw s3Errors.metadataTooLarge();
  return { storageClass: storageClassOf(input.StorageClass), headers: headersOf(input), metadata, tags: tagsOfHeader(input.Tagging) };
}

export function storageClassOf(name: string | undefined): string {
  if (name === undefined) return 'STANDARD';
  if (otherClasses.has(name)) throw s3Errors.notImplemented(`StorageClass ${name}`);
  if (!readableClasses.has(name)) throw s3Errors.invalidStorageClass();
  return name;
}

function headersOf(input: DescriptionInput): Record<string, string> {
  const { CacheControl, ContentDisposition, ContentLanguage, ContentType = 'binary/octet-stream', Expires, ServerSideEncryption } = input;
  const headers = {
    CacheControl,
    ContentDisposition,
    ContentEncoding: withoutTransferCoding(input.ContentEncoding),
    ContentLanguage,
    ContentType,
    Expires: Expires?.toISOString(),
    ServerSideEncryption,
  };
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** `aws-chunked` is how the request was sent, not how the object is encoded. */
function withoutTransferCoding(contentEncoding: string | undefined): string | undefined {
  const codings = contentEncoding?.split(',').map((coding) => coding.trim()) ?? [];
  const stored = codings.filter((coding) => coding !== '' && coding.toLowerCase() !== 'aws-chunked');
  return stored.length === 0 ? undefined : stored.join(',');
}

/** The same members for an answer. STANDARD is said by saying nothing. */
export function describedMembers(object: ObjectDescription) {
  const { Expires, ...texts } = object.headers;
  const headers: Omit<DescriptionInput, 'Expires' | 'Metadata' | 'ServerSideEncryption' | 'StorageClass' | 'Tagging'> & {
    readonly ServerSideEncryption?: Encryption;
  } = texts;
  return {
    ...headers,
    ...(Expires === undefined ? {} : { Expires: parseTime(Expires) }),
    Metadata: { ...object.metadata },
    ...(object.storageClass === 'STANDARD' ? {} : { StorageClass: object.storageClass as StorageClass }),
  };
}

/** A stored ISO 8601 time. */
export const parseTime = (text: string): Date => new Date(text);

export function requireKey(key: string): void {
  if (Buffer.byteLength(key) > keyBytesMax) throw s3Errors.keyTooLong({ Size: Buffer.byteLength(key), MaxSizeAllowed: keyBytesMax });
}
