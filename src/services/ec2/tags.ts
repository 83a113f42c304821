import type { Tag } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../operation.ts';
import * as errors from './errors.ts';
import { quotas } from './quotas.ts';
import type { ResourceContext, ResourceType } from './resources.ts';

export interface RequestedTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}
export interface TagSpecification {
  readonly ResourceType?: string | undefined;
  readonly Tags?: readonly RequestedTag[] | undefined;
}

/** Chooses the id of what is created, where that is allowed. Never stored. */
export const chosenIdKey = 'cloister:id';

const keyCharacters = 127;
const valueCharacters = 255;

/** What a creation says about its tags. */
export interface RequestedTags {
  readonly tags: ReadonlyMap<string, string>;
  readonly chosenId?: string;
}

/** Checked tags, at most 50, each key once. */
export function checkTags(requested: readonly RequestedTag[]): Map<string, string> {
  const tags = new Map<string, string>();
  for (const { Key: key, Value: value = '' } of requested) {
    if (key === undefined || key === '') throw errors.parameterRequired('key');
    if (key.toLowerCase().startsWith('aws:')) throw errors.reservedTagKey();
    if (key.length > keyCharacters) throw errors.tagKeyTooLong();
    if (value.length > valueCharacters) throw errors.tagValueTooLong();
    if (tags.has(key)) throw errors.duplicateTagKey(key);
    tags.set(key, value);
  }
  if (tags.size > quotas.tagsPerResource) throw errors.tooManyTags(quotas.tagsPerResource);
  return tags;
}

/** The tags of a creation's `TagSpecifications`, which may name only the type that is created. */
export function requestedTags(specifications: readonly TagSpecification[] | undefined, type: ResourceType): RequestedTags {
  const all = (specifications ?? []).flatMap(({ ResourceType: named, Tags = [] }) => {
    if (named === undefined) throw errors.missingParameter('Tag specification resource type must have a value');
    if (named !== type) throw errors.notTaggable(named);
    return Tags;
  });
  const tags = checkTags(all);
  const chosenId = tags.get(chosenIdKey);
  tags.delete(chosenIdKey);
  return chosenId === undefined ? { tags } : { tags, chosenId };
}

/** The id of a new resource: the chosen one where that is allowed, else a fresh one. Call inside `commit`. */
export function identify(context: OperationContext, prefix: string, { chosenId }: RequestedTags): string {
  if (chosenId === undefined) return context.newId(prefix);
  if (!context.chosenIds) throw errors.chosenIdRefused();
  if (!new RegExp(`^${prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(chosenId)) throw errors.chosenIdInvalid(chosenId, prefix);
  if (!context.store.identifiers.spend(chosenId)) throw errors.chosenIdSpent(chosenId);
  return chosenId;
}

export function storeTags({ store }: OperationContext, resourceId: string, { tags }: RequestedTags): void {
  for (const [key, value] of tags) store.ec2.putTag(resourceId, key, value);
}

export function tagMapOf({ store }: ResourceContext, resourceId: string): Map<string, string> {
  return new Map(store.ec2.tagsOf(resourceId).map(({ key, value }) => [key, value]));
}

export function wireTags({ store }: ResourceContext, resourceId: string): Tag[] {
  return store.ec2.tagsOf(resourceId).map(({ key, value }) => ({ Key: key, Value: value }));
}
