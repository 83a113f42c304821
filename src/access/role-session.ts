import type { Principal } from '../model/policy/principal.ts';
import type { RoleRow } from '../store/iam.ts';
import { accountOf } from './assume-role-demand.ts';

/** Who acts with a role: without what narrows or marks the session. */
export function roleSession(role: RoleRow, sessionName: string, issuedAt: Date): Principal & { type: 'role-session' } {
  const accountId = accountOf(role.arn);
  return {
    type: 'role-session',
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.roleName}/${sessionName}`,
    roleArn: role.arn,
    roleId: role.roleId,
    sessionName,
    sessionPolicies: [],
    issuedAt: issuedAt.toISOString(),
  };
}
