import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { CompilationJobRow, TrainingJobRow } from '../../store/sagemaker.ts';
import type { OperationContext } from '../operation.ts';
import { sagemakerErrors } from './errors.ts';
import { findTaggedJob, resourceTagKeys } from './tags.ts';

export function trainingJobArn(name: string, { region, accountId }: Pick<OperationContext, 'region' | 'accountId'>): string {
  return `arn:aws:sagemaker:${region}:${accountId}:training-job/${name.toLowerCase()}`;
}

/** The job of that name, if it is the account's own. */
export function ownTrainingJob(name: string, { store, accountId }: OperationContext): TrainingJobRow {
  const row = store.sagemaker.trainingJobs.find(name);
  if (row?.ownerId !== accountId) throw sagemakerErrors.notFound();
  return row;
}

/** The demand of an operation on one resource, with the tags it has. Nothing of one that does not exist: `commit` says so. */
export function resourceDemand(operation: string, resource: string, context: OperationContext, keys: ConditionContext = {}): Demand {
  return { action: `sagemaker:${operation}`, resource, context: { ...resourceTagKeys(findTaggedJob(resource, context)?.tags), ...keys } };
}

/** The demand of an operation on one training job. */
export const trainingJobDemand = (operation: string, name: string, context: OperationContext): Demand =>
  resourceDemand(operation, trainingJobArn(name, context), context);

export function compilationJobArn(name: string, { region, accountId }: Pick<OperationContext, 'region' | 'accountId'>): string {
  return `arn:aws:sagemaker:${region}:${accountId}:compilation-job/${name.toLowerCase()}`;
}

export function ownCompilationJob(name: string, { store, accountId }: OperationContext): CompilationJobRow {
  const row = store.sagemaker.compilationJobs.find(name);
  if (row?.ownerId !== accountId) throw sagemakerErrors.notFound();
  return row;
}

/** The demand of an operation on one compilation job. */
export const compilationJobDemand = (operation: string, name: string, context: OperationContext): Demand =>
  resourceDemand(operation, compilationJobArn(name, context), context);
