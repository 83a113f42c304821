import { assumeRoleDemand } from '../../access/assume-role-demand.ts';
import { executionSessionName, sagemakerPrincipal } from '../../model/job/execution-role.ts';
import type { AccessRequest } from '../../model/policy/decision.ts';
import type { OperationContext } from '../operation.ts';
import { sagemakerErrors } from './errors.ts';

/** Asks only: the session is the saga's to take. */
export function requireAssumableRole(roleArn: string, sourceArn: string, context: OperationContext): void {
  const { access, store, accountId, now } = context;
  const asked: AccessRequest = {
    principal: { type: 'service', service: sagemakerPrincipal },
    arrival: { kind: 'service', servicePrincipal: sagemakerPrincipal },
    demand: assumeRoleDemand(store, accountId, { roleArn, sessionName: executionSessionName, sourceArn }),
    now,
  };
  const decision = access.authorise(asked);
  if (decision.verdict === 'allow') return;
  context.recordRefusal(asked, decision);
  throw sagemakerErrors.roleNotAssumable(roleArn);
}
