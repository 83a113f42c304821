import type { ConditionContext } from '../../model/policy/decision.ts';
import type { IamTag } from '../../store/iam.ts';
import { iamErrors } from './errors.ts';

const tagsPerEntityMax = 50;

type GivenTags = readonly { readonly Key: string; readonly Value: string }[];

/** The tags with the given ones put over them. Keys are one whatever their case. */
export function withTags(quota: string, tags: readonly IamTag[], given: GivenTags): readonly IamTag[] {
  const merged = new Map(tags.map((tag) => [tag.key.toLowerCase(), tag]));
  const seen = new Set(given.map(({ Key }) => Key.toLowerCase()));
  if (seen.size !== given.length) throw iamErrors.duplicateTagKeys();
  for (const { Key, Value } of given) merged.set(Key.toLowerCase(), { key: Key, value: Value });
  if (merged.size > tagsPerEntityMax) throw iamErrors.quotaExceeded(quota, tagsPerEntityMax);
  return [...merged.values()];
}

export function withoutTags(tags: readonly IamTag[], keys: readonly string[]): readonly IamTag[] {
  const removed = new Set(keys.map((key) => key.toLowerCase()));
  return tags.filter(({ key }) => !removed.has(key.toLowerCase()));
}

export const describeTags = (tags: readonly IamTag[]): { Key: string; Value: string }[] => tags.map(({ key, value }) => ({ Key: key, Value: value }));

/** `aws:RequestTag/…` and `aws:TagKeys` of a request that tags. */
export function requestTagContext(given: GivenTags): ConditionContext {
  if (given.length === 0) return {};
  return { 'aws:TagKeys': given.map(({ Key }) => Key), ...Object.fromEntries(given.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, [Value]])) };
}

export function resourceTagContext(tags: readonly IamTag[]): ConditionContext {
  return Object.fromEntries(
    tags.flatMap(({ key, value }) => [
      [`aws:ResourceTag/${key}`, [value]],
      [`iam:ResourceTag/${key}`, [value]],
    ]),
  );
}
