import type { Policy, PolicyVersion } from '@aws-sdk/client-iam';
import { accountOf } from '../../access/assume-role-demand.ts';
import { attachablePolicy } from '../../access/attachable-policy.ts';
import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { AccountIam, PolicyRow, PolicyVersion as VersionRow } from '../../store/iam.ts';
import type { OperationContext } from '../operation.ts';
import { iamErrors } from './errors.ts';
import { encodePolicyDocument } from './policy-document.ts';
import { resourceTagContext } from './tags.ts';

export const policyArn = (accountId: string, path: string, policyName: string): string => `arn:aws:iam::${accountId}:policy${path}${policyName}`;

function checkPolicyArn(arn: string): void {
  if (!/^arn:aws:iam::(?:aws|\d{12}):policy\/\S+$/.test(arn)) throw iamErrors.invalidArn(arn);
}

/** The managed policy, AWS's or the account's, or AWS's answer when there is none. */
export function findPolicy(arn: string, { store, accountId }: OperationContext): PolicyRow {
  const policy = attachablePolicy(store, accountId, arn);
  if (policy === undefined) throw iamErrors.policyNotFound(arn);
  return policy;
}

/** The ARN of a policy that can be attached, as given. */
export function attachable(arn: string, { store, accountId }: OperationContext): string {
  checkPolicyArn(arn);
  if (attachablePolicy(store, accountId, arn) === undefined) throw iamErrors.noSuchPolicy(arn);
  return arn;
}

/** The ARN of a policy that can be a permissions boundary, as given. */
export function boundary(arn: string, { store, accountId }: OperationContext): string {
  checkPolicyArn(arn);
  if (attachablePolicy(store, accountId, arn) === undefined) throw iamErrors.noSuchBoundary(arn);
  return arn;
}

/** Permission to read a policy. Those that AWS manages are everybody's. */
export function policyDemand(action: string, arn: string, context: OperationContext, keys: ConditionContext = {}): Demand {
  checkPolicyArn(arn);
  const owner = accountOf(arn);
  return {
    action,
    resource: arn,
    ...(owner === 'aws' ? {} : { resourceOwner: owner }),
    context: { ...resourceTagContext(attachablePolicy(context.store, context.accountId, arn)?.tags ?? []), ...keys },
  };
}

/** Permission to change a policy: those that AWS manages are not the caller's, and AWS lets nobody. */
export function policyChangeDemand(action: string, arn: string, context: OperationContext, keys: ConditionContext = {}): Demand {
  return { ...policyDemand(action, arn, context, keys), resourceOwner: accountOf(arn) };
}

/** How often each policy of an account is used: attached, and as a boundary. */
export interface PolicyUse {
  readonly attached: ReadonlyMap<string, number>;
  readonly boundaries: ReadonlyMap<string, number>;
}

export function policyUse({ roles, users, groups }: AccountIam): PolicyUse {
  const owners = [...roles.list(), ...users.list()];
  return {
    attached: counted([...owners, ...groups.list()].flatMap(({ attachedPolicies }) => attachedPolicies)),
    boundaries: counted(owners.flatMap(({ permissionsBoundary }) => permissionsBoundary ?? [])),
  };
}

function counted(arns: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const arn of arns) counts.set(arn, (counts.get(arn) ?? 0) + 1);
  return counts;
}

/** The policy as lists show it: without description and tags. */
export function describePolicy(policy: PolicyRow, use: PolicyUse): Policy {
  return {
    PolicyName: policy.policyName,
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: use.attached.get(policy.arn) ?? 0,
    PermissionsBoundaryUsageCount: use.boundaries.get(policy.arn) ?? 0,
    IsAttachable: true,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
  };
}

export function findVersion(policy: PolicyRow, versionId: string): VersionRow {
  const version = policy.versions.find((candidate) => candidate.versionId === versionId);
  if (version === undefined) throw iamErrors.noSuchPolicyVersion(policy.arn, versionId);
  return version;
}

/** A version as lists show it: without its document. */
export function describeVersion({ defaultVersionId }: PolicyRow, { versionId, createdAt }: VersionRow): PolicyVersion {
  return { VersionId: versionId, IsDefaultVersion: versionId === defaultVersionId, CreateDate: new Date(createdAt) };
}

export function describeWholeVersion(policy: PolicyRow, version: VersionRow): PolicyVersion {
  return { Document: encodePolicyDocument(version.document), ...describeVersion(policy, version) };
}
