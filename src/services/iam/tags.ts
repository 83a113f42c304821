import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { IamTag } from '../../store/iam.ts';
import { iamErrors } from './errors.ts';
import { pageOf, type PageRequest } from './page.ts';

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

/** What creating a thing demands; with tags, also what tagging it would. */
export function creationDemands(creation: Demand, tagAction: string, tags: GivenTags = []): Demand[] {
  const demand = { ...creation, context: { ...creation.context, ...requestTagContext(tags) } };
  return tags.length === 0 ? [demand] : [demand, { ...demand, action: tagAction }];
}

interface TagPage {
  readonly Tags: { Key: string; Value: string }[];
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

export function listTags(tags: readonly IamTag[], input: PageRequest): TagPage {
  const sorted = tags.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const { items, ...page } = pageOf(sorted, ({ key }) => key, input);
  return { Tags: describeTags(items), ...page };
}

export function resourceTagContext(tags: readonly IamTag[]): ConditionContext {
  return Object.fromEntries(
    tags.flatMap(({ key, value }) => [
      [`aws:ResourceTag/${key}`, [value]],
      [`iam:ResourceTag/${key}`, [value]],
    ]),
  );
}
