import type { ConditionContext, Demand } from '../model/policy/decision.ts';
import type { Principal } from '../model/policy/principal.ts';
import type { IamTag, RoleRow } from '../store/iam.ts';
import type { Store } from '../store/store.ts';
import type { RoleSessionRequest } from './access.ts';

/** The role of exactly this ARN: the path belongs to it, although names alone are unique. */
export function roleByArn(store: Store, roleArn: string): RoleRow | undefined {
  const role = store.iam.of(accountOf(roleArn)).roles.find(roleArn.slice(roleArn.lastIndexOf('/') + 1));
  return role?.arn === roleArn ? role : undefined;
}

/** The account that an ARN is in. */
export const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

type Asked = Pick<RoleSessionRequest, 'roleArn' | 'sessionName' | 'externalId' | 'sourceArn' | 'tags' | 'transitiveTagKeys' | 'sourceIdentity'>;

/** What a session takes over from the one that made it. */
export function inheritedTags(principal: Principal): readonly IamTag[] {
  if (principal.type !== 'role-session') return [];
  const transitive = new Set(principal.transitiveTagKeys?.map((key) => key.toLowerCase()));
  return (principal.sessionTags ?? []).filter(({ key }) => transitive.has(key.toLowerCase()));
}

export const inheritedIdentity = (principal: Principal): string | undefined =>
  principal.type === 'role-session' ? principal.sourceIdentity : undefined;

/** What it takes to assume a role. A role that does not exist trusts nobody. `sourceAccount` is looked at for services only. */
export function assumeRoleDemand(store: Store, sourceAccount: string, asked: Asked): Demand {
  const { roleArn } = asked;
  const role = roleByArn(store, roleArn);
  return {
    action: 'sts:AssumeRole',
    resource: roleArn,
    resourceOwner: accountOf(roleArn),
    context: contextOf(sourceAccount, role, asked),
    ...(role === undefined ? {} : { resourcePolicy: role.assumeRolePolicyDocument }),
  };
}

/**
 * The same with what tags and a source identity take, from the trust policy and from the caller's own. They are demanded
 * of every role of a chain that takes them over, too.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
export function assumeRoleDemands(store: Store, sourceAccount: string, principal: Principal, asked: Asked): readonly Demand[] {
  const sourceIdentity = asked.sourceIdentity ?? inheritedIdentity(principal);
  const demand = assumeRoleDemand(store, sourceAccount, { ...asked, ...(sourceIdentity === undefined ? {} : { sourceIdentity }) });
  const isTagged = (asked.tags ?? []).length > 0 || inheritedTags(principal).length > 0;
  return [
    demand,
    ...(isTagged ? [{ ...demand, action: 'sts:TagSession' }] : []),
    ...(sourceIdentity === undefined ? [] : [{ ...demand, action: 'sts:SetSourceIdentity' }]),
  ];
}

function contextOf(sourceAccount: string, role: RoleRow | undefined, asked: Asked): ConditionContext {
  const { sessionName, externalId, sourceArn, tags = [], transitiveTagKeys = [], sourceIdentity } = asked;
  const context: Record<string, readonly string[]> = { 'sts:RoleSessionName': [sessionName], 'aws:SourceAccount': [sourceAccount] };
  if (externalId !== undefined) context['sts:ExternalId'] = [externalId];
  if (sourceArn !== undefined) context['aws:SourceArn'] = [sourceArn];
  if (sourceIdentity !== undefined) context['sts:SourceIdentity'] = [sourceIdentity];
  if (transitiveTagKeys.length > 0) context['sts:TransitiveTagKeys'] = transitiveTagKeys;
  if (tags.length > 0) context['aws:TagKeys'] = tags.map(({ key }) => key);
  for (const { key, value } of tags) context[`aws:RequestTag/${key}`] = [value];
  for (const { key, value } of role?.tags ?? []) context[`aws:ResourceTag/${key}`] = [value];
  return context;
}
