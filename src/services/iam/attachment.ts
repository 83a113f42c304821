import type { AttachedPolicy } from '@aws-sdk/client-iam';
import type { OperationContext } from '../operation.ts';
import { iamErrors } from './errors.ts';
import { pageOf, type PageRequest } from './page.ts';
import { attachable } from './policy.ts';
import { attachmentsMax } from './quotas.ts';

interface Owner {
  readonly attachedPolicies: readonly string[];
}

/** The policies of a role, user or group with one more. One that is attached already stays so. */
export function attached(quota: string, { attachedPolicies }: Owner, policyArn: string, context: OperationContext): readonly string[] {
  const arn = attachable(policyArn, context);
  if (attachedPolicies.includes(arn)) return attachedPolicies;
  if (attachedPolicies.length >= attachmentsMax) throw iamErrors.quotaExceeded(quota, attachmentsMax);
  return [...attachedPolicies, arn];
}

export function detached({ attachedPolicies }: Owner, policyArn: string): readonly string[] {
  if (!attachedPolicies.includes(policyArn)) throw iamErrors.policyNotFound(policyArn);
  return attachedPolicies.filter((arn) => arn !== policyArn);
}

interface AttachedPage {
  readonly AttachedPolicies: AttachedPolicy[];
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

export function listAttached({ attachedPolicies }: Owner, input: PageRequest & { readonly PathPrefix?: string | undefined }): AttachedPage {
  // The path of a managed policy begins after `:policy`.
  const underPrefix = attachedPolicies.filter((arn) => arn.split(':policy')[1]?.startsWith(input.PathPrefix ?? '/') === true);
  const { items, ...page } = pageOf(underPrefix.toSorted(), (arn) => arn, input);
  return { AttachedPolicies: items.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn })), ...page };
}
