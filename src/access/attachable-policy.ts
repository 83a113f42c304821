import { present } from '../stdx/assert.ts';
import type { PolicyRow } from '../store/iam.ts';
import type { Store } from '../store/store.ts';
import { managedPolicies } from './managed-policies.ts';

/** The managed policy of exactly this ARN, as `accountId` sees it: AWS's, or its own. */
export function attachablePolicy(store: Store, accountId: string, arn: string): PolicyRow | undefined {
  const managed = managedPolicies.get(arn);
  if (managed !== undefined) return managed;
  const own = store.iam.of(accountId).policies.find(arn.slice(arn.lastIndexOf('/') + 1));
  return own?.arn === arn ? own : undefined;
}

/** What is in force wherever the policy is attached. */
export function documentInForce({ versions, defaultVersionId, arn }: PolicyRow): string {
  const version = versions.find(({ versionId }) => versionId === defaultVersionId);
  return present(version, `${arn} has its default version`).document;
}
