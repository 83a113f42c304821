import type { Demand } from '../../model/policy/decision.ts';
import type { OperationContext } from '../operation.ts';
import { conditionKeys, objectDemand, requestTagKeys } from './demand.ts';
import type { DescriptionInput } from './object-description.ts';
import { tagsOfHeader } from './tags.ts';

interface WriteInput extends DescriptionInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly ACL?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfMatch?: string | undefined;
  readonly CopySource?: string | undefined;
  readonly MetadataDirective?: string | undefined;
}

/** s3:PutObject, and s3:PutObjectTagging when the request brings tags. */
export function writeDemands(input: WriteInput, context: OperationContext): Demand[] {
  const { Bucket, Key } = input;
  const tags = tagsOfHeader(input.Tagging);
  const keys = {
    ...conditionKeys({
      's3:x-amz-acl': input.ACL,
      's3:x-amz-copy-source': input.CopySource,
      's3:x-amz-metadata-directive': input.MetadataDirective,
      's3:x-amz-server-side-encryption': input.ServerSideEncryption,
      's3:x-amz-storage-class': input.StorageClass,
      's3:if-match': input.IfMatch,
      's3:if-none-match': input.IfNoneMatch,
    }),
    ...requestTagKeys(tags),
  };
  const put = objectDemand(context, 's3:PutObject', Bucket, Key, keys);
  return Object.keys(tags).length === 0 ? [put] : [put, objectDemand(context, 's3:PutObjectTagging', Bucket, Key, keys)];
}
