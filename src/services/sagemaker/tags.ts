import type { ConditionContext } from '../../model/policy/decision.ts';
import type { TagRow } from '../../store/sagemaker.ts';
import type { OperationContext } from '../operation.ts';
import { sagemakerErrors } from './errors.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html */
const tagsMax = 50;

type GivenTags = readonly { readonly Key: string; readonly Value: string }[];

/** The tags of a resource with these put over them. Keys differ by case. */
export function withTags(existing: readonly TagRow[], given: GivenTags): readonly TagRow[] {
  const keys = given.map(({ Key }) => Key);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) throw sagemakerErrors.tagRepeated(repeated);
  const reserved = keys.find((key) => key.toLowerCase().startsWith('aws:'));
  if (reserved !== undefined) throw sagemakerErrors.tagReserved(reserved);
  const tags = new Map(existing.map(({ key, value }) => [key, value]));
  for (const { Key, Value } of given) tags.set(Key, Value);
  if (tags.size > tagsMax) throw sagemakerErrors.tooManyTags(tagsMax);
  return [...tags].map(([key, value]) => ({ key, value }));
}

export const describeTags = (tags: readonly TagRow[] = []): { Key: string; Value: string }[] =>
  tags.map(({ key, value }) => ({ Key: key, Value: value }));

/** `aws:RequestTag/KEY` and `aws:TagKeys`; nothing without tags. */
export function requestTagKeys(given: GivenTags = []): ConditionContext {
  if (given.length === 0) return {};
  return { 'aws:TagKeys': given.map(({ Key }) => Key), ...Object.fromEntries(given.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, [Value]])) };
}

/** The tags that a resource has, by both of the names that policies may use. */
export function resourceTagKeys(tags: readonly TagRow[] = []): ConditionContext {
  return Object.fromEntries(
    tags.flatMap(({ key, value }) => ['aws', 'sagemaker'].map((prefix) => [`${prefix}:ResourceTag/${key}`, [value]] as const)),
  );
}

/** A resource that has tags. */
interface Tagged {
  readonly tags: readonly TagRow[];
  /** In a transaction. */
  keep(tags: readonly TagRow[]): void;
}

/** What can be tagged here are jobs; anything else does not exist. */
export function taggedJob(resourceArn: string, context: OperationContext): Tagged {
  const job = findTaggedJob(resourceArn, context);
  if (job === undefined) throw sagemakerErrors.notFound();
  return job;
}

export function findTaggedJob(resourceArn: string, { store, accountId }: Pick<OperationContext, 'store' | 'accountId'>): Tagged | undefined {
  const { trainingJobs, compilationJobs } = store.sagemaker;
  const isOwn = ({ ownerId }: { readonly ownerId: string }): boolean => ownerId === accountId;
  const training = trainingJobs.list({ trainingJobArn: resourceArn }).find(isOwn);
  if (training !== undefined) return { tags: training.tags ?? [], keep: (tags) => void trainingJobs.update(training.trainingJobName, { tags }) };
  const compilation = compilationJobs.list({ compilationJobArn: resourceArn }).find(isOwn);
  if (compilation === undefined) return undefined;
  return { tags: compilation.tags ?? [], keep: (tags) => void compilationJobs.update(compilation.compilationJobName, { tags }) };
}
