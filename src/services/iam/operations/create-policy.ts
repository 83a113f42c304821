import { assert } from '../../../stdx/assert.ts';
import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { checkManagedPolicy } from '../policy-document.ts';
import { describePolicy, policyArn, policyUse } from '../policy.ts';
import { policiesPerAccountMax } from '../quotas.ts';
import { creationDemands, describeTags, withTags } from '../tags.ts';
import { uniqueId } from '../unique-id.ts';

const firstVersionId = 'v1';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const createPolicy: IamOperation<'CreatePolicy'> = {
  authorize: (input, { accountId }) =>
    creationDemands({ action: 'iam:CreatePolicy', resource: policyArn(accountId, input.Path ?? '/', input.PolicyName) }, 'iam:TagPolicy', input.Tags),

  commit(input, { store, accountId, now, newUuid }) {
    const { PolicyName: policyName, PolicyDocument: document, Path: path = '/' } = input;
    const iam = store.iam.of(accountId);
    checkManagedPolicy(document);
    const lowerCaseName = policyName.toLowerCase();
    if (iam.policies.list({ lowerCaseName }).length > 0) throw iamErrors.policyExists(policyName);
    if (iam.policies.count() >= policiesPerAccountMax) throw iamErrors.quotaExceeded('PoliciesPerAccount', policiesPerAccountMax);
    const policyId = uniqueId('ANPA', newUuid());
    assert(store.identifiers.spend(policyId), 'a random policy id was never given before');
    const createdAt = now.toISOString();
    const policy = {
      policyName,
      lowerCaseName,
      policyId,
      path,
      arn: policyArn(accountId, path, policyName),
      ...(input.Description === undefined ? {} : { description: input.Description }),
      createdAt,
      updatedAt: createdAt,
      defaultVersionId: firstVersionId,
      versions: [{ versionId: firstVersionId, createdAt, document }],
      versionsMade: 1,
      tags: withTags('TagsPerPolicy', [], input.Tags ?? []),
    };
    iam.policies.insert(policy);
    return { Policy: { ...describePolicy(policy, policyUse(iam)), ...(policy.tags.length === 0 ? {} : { Tags: describeTags(policy.tags) }) } };
  },
};
