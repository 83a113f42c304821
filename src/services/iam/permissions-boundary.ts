import type { AttachedPermissionsBoundary } from '@aws-sdk/client-iam';
import type { ConditionContext } from '../../model/policy/decision.ts';

/** What AWS sends and its examples of GetRole and GetUser show; its model has another word for it. */
const boundaryType = 'Policy' as string as AttachedPermissionsBoundary['PermissionsBoundaryType'];

interface Bounded {
  readonly permissionsBoundary?: string;
}

/** The keys of a call that changes the policies of `owner`, with the policy it is about. */
export function policyKeys(owner: Bounded | undefined, policyArn?: string): ConditionContext {
  return { ...(policyArn === undefined ? {} : { 'iam:PolicyARN': [policyArn] }), ...boundaryKey(owner?.permissionsBoundary) };
}

/** `iam:PermissionsBoundary`: the one that a call sets, else the one that is there. */
export function boundaryKey(arn: string | undefined): ConditionContext {
  return arn === undefined ? {} : { 'iam:PermissionsBoundary': [arn] };
}

export function describeBoundary({ permissionsBoundary }: Bounded): { PermissionsBoundary?: AttachedPermissionsBoundary } {
  if (permissionsBoundary === undefined) return {};
  return { PermissionsBoundary: { PermissionsBoundaryType: boundaryType, PermissionsBoundaryArn: permissionsBoundary } };
}
