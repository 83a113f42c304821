import type * as STS from '@aws-sdk/client-sts';
import { accountOf, assumeRoleDemands } from '../../../access/assume-role-demand.ts';
import { attachablePolicy, documentInForce } from '../../../access/attachable-policy.ts';
import { parsePolicy, problemText } from '../../../model/policy/parse.ts';
import { assert } from '../../../stdx/assert.ts';
import type { Store } from '../../../store/store.ts';
import type { Input } from '../../service.ts';
import { wireCredentials } from '../credentials.ts';
import { stsErrors } from '../errors.ts';
import { packedPolicySize } from '../packed-policy.ts';
import type { StsOperation } from '../sts-operation.ts';

const sessionDurationSecondsDefault = 3_600;

/**
 * A role that does not exist and one that does not trust the caller are the same answer.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const assumeRole: StsOperation<'AssumeRole'> = {
  authorize: (input, { store, accountId, principal }) => assumeRoleDemands(store, accountId, principal, askedOf(input)),

  commit(input, { access, principal, arrival, now, store, marks }) {
    for (const member of ['SerialNumber', 'TokenCode', 'ProvidedContexts'] as const) {
      const given = input[member];
      if (given !== undefined && given.length > 0) throw stsErrors.notSupported(member);
    }
    const asked = askedOf(input);
    const sessionPolicies = sessionPoliciesOf(input, store);
    const policyArns = (input.PolicyArns ?? []).map(({ arn }) => arn ?? '');
    const percent = packedPolicySize({ policy: input.Policy, policyArns, tags: asked.tags });
    const durationSeconds = input.DurationSeconds ?? sessionDurationSecondsDefault;
    const issued = access.assumeRole(principal, { ...asked, durationSeconds, sessionPolicies, arrival, marks }, now);
    const session = issued.principal;
    assert(session.type === 'role-session', 'assuming a role makes a session of it');
    return {
      Credentials: wireCredentials(issued),
      AssumedRoleUser: { AssumedRoleId: `${session.roleId}:${session.sessionName}`, Arn: session.arn },
      ...(percent === undefined ? {} : { PackedPolicySize: percent }),
      ...(session.sourceIdentity === undefined ? {} : { SourceIdentity: session.sourceIdentity }),
    };
  },
};

type AssumeRoleInput = Input<typeof STS, 'AssumeRole'>;

const askedOf = ({ RoleArn, RoleSessionName, ExternalId, Tags = [], TransitiveTagKeys = [], SourceIdentity }: AssumeRoleInput) => ({
  roleArn: RoleArn,
  sessionName: RoleSessionName,
  tags: Tags.map(({ Key, Value }) => ({ key: Key, value: Value })),
  transitiveTagKeys: TransitiveTagKeys,
  ...(ExternalId === undefined ? {} : { externalId: ExternalId }),
  ...(SourceIdentity === undefined ? {} : { sourceIdentity: SourceIdentity }),
});

/** Managed ones are of the role's account, or AWS's. */
function sessionPoliciesOf(input: AssumeRoleInput, store: Store): readonly string[] {
  const managed = (input.PolicyArns ?? []).map(({ arn }) => {
    const policy = arn === undefined ? undefined : attachablePolicy(store, accountOf(input.RoleArn), arn);
    if (policy === undefined) throw stsErrors.invalidSessionPolicyArn(arn ?? '');
    return documentInForce(policy);
  });
  if (input.Policy === undefined) return managed;
  const { problem } = parsePolicy(input.Policy, 'session');
  if (problem !== undefined) throw stsErrors.malformedPolicyDocument(problemText(problem));
  return [input.Policy, ...managed];
}
