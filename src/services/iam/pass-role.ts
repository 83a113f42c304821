import { accountOf } from '../../access/assume-role-demand.ts';
import type { Demand } from '../../model/policy/decision.ts';

/** What a caller must be allowed to hand a role to a service: `passRoleDemand(roleArn, 'sagemaker.amazonaws.com')`. */
export function passRoleDemand(roleArn: string, service: string): Demand {
  return { action: 'iam:PassRole', resource: roleArn, resourceOwner: accountOf(roleArn), context: { 'iam:PassedToService': [service] } };
}
