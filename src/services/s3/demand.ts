import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { ObjectRow } from '../../store/object-store.ts';
import type { OperationContext } from '../operation.ts';
import { isWithheld } from './public-access.ts';

export const bucketArn = (bucketName: string): string => `arn:aws:s3:::${bucketName}`;
const objectArn = (bucketName: string, key: string): string => `arn:aws:s3:::${bucketName}/${key}`;

type KeyValue = string | number | boolean | undefined;

/** The condition keys that this request has: those with a value. */
export function conditionKeys(keys: Readonly<Record<string, KeyValue>>): ConditionContext {
  return Object.fromEntries(Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [[key, [String(value)]]])));
}

/** `s3:ExistingObjectTag/KEY` for each tag of the object. */
export const existingTagKeys = (object: ObjectRow | undefined): ConditionContext => tagKeys('s3:ExistingObjectTag', object?.tags ?? {});

/** `s3:RequestObjectTag/KEY` and `s3:RequestObjectTagKeys` for the tags that a request sets. */
export function requestTagKeys(tags: Readonly<Record<string, string>> | undefined): ConditionContext {
  const names = Object.keys(tags ?? {});
  return names.length === 0 ? {} : { ...tagKeys('s3:RequestObjectTag', tags ?? {}), 's3:RequestObjectTagKeys': names };
}

const tagKeys = (prefix: string, tags: Readonly<Record<string, string>>): ConditionContext =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, [value]]));

/**
 * What an action on a bucket, or on a key in it, needs: the bucket's policy and owner are looked up here. A bucket that
 * does not exist has neither, so that the caller's own policies decide whether it is told NoSuchBucket.
 */
function demand(context: OperationContext, action: string, bucketName: string, resource: string, keys: ConditionContext): Demand {
  const bucket = context.store.s3.buckets.find(bucketName);
  if (bucket === undefined) return { action, resource, context: keys };
  const owned = { action, resource, resourceOwner: bucket.ownerId, context: { ...keys, 's3:ResourceAccount': [bucket.ownerId] } };
  if (bucket.policy === undefined) return owned;
  return isWithheld(bucket, context.principal) ? { ...owned, withheldPolicy: bucket.policy } : { ...owned, resourcePolicy: bucket.policy };
}

export const bucketDemand = (context: OperationContext, action: string, bucketName: string, keys: ConditionContext = {}): Demand =>
  demand(context, action, bucketName, bucketArn(bucketName), keys);

export const objectDemand = (context: OperationContext, action: string, bucketName: string, key: string, keys: ConditionContext = {}): Demand =>
  demand(context, action, bucketName, objectArn(bucketName, key), keys);
