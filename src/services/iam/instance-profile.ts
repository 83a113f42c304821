import type { InstanceProfile } from '@aws-sdk/client-iam';
import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { InstanceProfileRow } from '../../store/iam.ts';
import type { OperationContext } from '../operation.ts';
import { iamErrors } from './errors.ts';
import { describeRole } from './role.ts';
import { describeTags, resourceTagContext } from './tags.ts';

export const instanceProfileArn = (accountId: string, path: string, name: string): string =>
  `arn:aws:iam::${accountId}:instance-profile${path}${name}`;

export function findInstanceProfile(name: string, { store, accountId }: OperationContext): InstanceProfileRow {
  const profile = store.iam.of(accountId).instanceProfiles.find(name);
  if (profile === undefined) throw iamErrors.noSuchInstanceProfile(name);
  return profile;
}

/** Permission for `action` on an instance profile by its name, whether it exists or not. */
export function instanceProfileDemand(action: string, name: string, context: OperationContext, keys: ConditionContext = {}): Demand {
  const profile = context.store.iam.of(context.accountId).instanceProfiles.find(name);
  return {
    action,
    resource: profile?.arn ?? instanceProfileArn(context.accountId, '/', name),
    context: { ...resourceTagContext(profile?.tags ?? []), ...keys },
  };
}

/** The instance profile as lists show it: without tags. */
export function describeInstanceProfile(profile: InstanceProfileRow, { store, accountId }: OperationContext): InstanceProfile {
  const { roles } = store.iam.of(accountId);
  return {
    Path: profile.path,
    InstanceProfileName: profile.instanceProfileName,
    InstanceProfileId: profile.instanceProfileId,
    Arn: profile.arn,
    CreateDate: new Date(profile.createdAt),
    Roles: profile.roleName === undefined ? [] : [describeRole(roles.get(profile.roleName))],
  };
}

export function describeTaggedProfile(profile: InstanceProfileRow, context: OperationContext): InstanceProfile {
  return { ...describeInstanceProfile(profile, context), Tags: describeTags(profile.tags) };
}
