import { s3Errors } from './errors.ts';

type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
export const objectTagsMax = 10;
export const bucketTagsMax = 50;

/** Letters, digits and spaces of any script, and eight signs. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const allowed = /^[\p{L}\p{N}\p{Z}+\-=._:/@]*$/u;

/** The tags of a TagSet, checked. */
export function tagsOf(tagSet: readonly { readonly Key: string; readonly Value: string }[], max: number): Tags {
  if (tagSet.length > max) throw s3Errors.badRequest(`${max === objectTagsMax ? 'Object tags' : 'Bucket tag count'} cannot be greater than ${max}`);
  const tags: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const { Key, Value } of tagSet) {
    if (Key.length === 0 || Key.length > 128 || !allowed.test(Key)) throw s3Errors.invalidTag('The TagKey you have provided is invalid');
    if (Value.length > 256 || !allowed.test(Value)) throw s3Errors.invalidTag('The TagValue you have provided is invalid');
    if (Key.toLowerCase().startsWith('aws:')) throw s3Errors.invalidTag('System tags cannot be added/updated by requester');
    if (Key in tags) throw s3Errors.invalidTag('Cannot provide multiple Tags with the same key');
    tags[Key] = Value;
  }
  return { ...tags };
}

/** The tags of an `x-amz-tagging` header: URL query parameters. */
export function tagsOfHeader(header: string | undefined): Tags {
  if (header === undefined || header === '') return {};
  const pairs = [...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value }));
  return tagsOf(pairs, objectTagsMax);
}

export const tagSetOf = (tags: Tags): { Key: string; Value: string }[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
