import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { describeVersion, findPolicy, policyDemand } from '../policy.ts';

/** The newest version is first. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html */
export const listPolicyVersions: IamOperation<'ListPolicyVersions'> = {
  authorize: (input, context) => [policyDemand('iam:ListPolicyVersions', input.PolicyArn, context)],

  commit(input, context) {
    const policy = findPolicy(input.PolicyArn, context);
    const newestFirst = policy.versions.map((version) => ({ version, age: ageOf(version.versionId, policy.versionsMade) })).toReversed();
    const { items, ...page } = pageOf(newestFirst, ({ age }) => age, input);
    return { Versions: items.map(({ version }) => describeVersion(policy, version)), ...page };
  },
};

const ageDigits = 10;
/** Sorts as text: how many versions were made after this one, `v3`. */
const ageOf = (versionId: string, versionsMade: number): string => String(versionsMade - Number(versionId.slice(1))).padStart(ageDigits, '0');
