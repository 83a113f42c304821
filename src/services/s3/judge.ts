import type { Demand } from '../../model/policy/decision.ts';
import type { OperationContext } from '../operation.ts';

/** Why the caller may not do this, in S3's words; undefined when it may. For what an operation only learns on its way. */
export function refusalOf(demand: Demand, { access, principal, arrival, now, marks, recordRefusal }: OperationContext): string | undefined {
  const asked = { principal, arrival, now, demand, request: marks };
  const decision = access.authorise(asked);
  if (decision.verdict === 'allow') return undefined;
  recordRefusal(asked, decision);
  return decision.message;
}
