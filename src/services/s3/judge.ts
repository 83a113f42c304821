import type { Demand } from '../../model/policy/decision.ts';
import type { OperationContext } from '../operation.ts';
import { denialSentence } from './denial-sentence.ts';

/** Why the caller may not do this, in S3's words; undefined when it may. For what an operation only learns on its way. */
export function refusalOf(demand: Demand, { access, principal, arrival, now, marks }: OperationContext): string | undefined {
  const { verdict, message } = access.authorise({ principal, arrival, now, demand, request: marks });
  return verdict === 'allow' ? undefined : denialSentence(principal, demand, message);
}
