import type { Demand } from '../model/policy/decision.ts';
import type { RoleRow } from '../store/iam.ts';
import type { Store } from '../store/store.ts';
import type { RoleSessionRequest } from './access.ts';

/** The role of exactly this ARN: the path belongs to it, although names alone are unique. */
export function roleByArn(store: Store, roleArn: string): RoleRow | undefined {
  const role = store.iam.of(accountOf(roleArn)).roles.find(roleArn.slice(roleArn.lastIndexOf('/') + 1));
  return role?.arn === roleArn ? role : undefined;
}

/** The account that an ARN is in. */
export const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

type Asked = Pick<RoleSessionRequest, 'roleArn' | 'sessionName' | 'externalId' | 'sourceArn'>;

/** What it takes to assume a role. A role that does not exist trusts nobody. `sourceAccount` is looked at for services only. */
export function assumeRoleDemand(store: Store, sourceAccount: string, { roleArn, sessionName, externalId, sourceArn }: Asked): Demand {
  const role = roleByArn(store, roleArn);
  return {
    action: 'sts:AssumeRole',
    resource: roleArn,
    resourceOwner: accountOf(roleArn),
    context: {
      'sts:RoleSessionName': [sessionName],
      ...(externalId === undefined ? {} : { 'sts:ExternalId': [externalId] }),
      'aws:SourceAccount': [sourceAccount],
      ...(sourceArn === undefined ? {} : { 'aws:SourceArn': [sourceArn] }),
    },
    ...(role === undefined ? {} : { resourcePolicy: role.assumeRolePolicyDocument }),
  };
}
