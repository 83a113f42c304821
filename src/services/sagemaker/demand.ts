import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { OperationContext } from '../operation.ts';

export function trainingJobArn(name: string, { region, accountId }: Pick<OperationContext, 'region' | 'accountId'>): string {
  return `arn:aws:sagemaker:${region}:${accountId}:training-job/${name.toLowerCase()}`;
}

/** The demand of an operation on one training job. */
export function trainingJobDemand(operation: string, name: string, context: OperationContext, keys: ConditionContext = {}): Demand {
  return { action: `sagemaker:${operation}`, resource: trainingJobArn(name, context), context: keys };
}
