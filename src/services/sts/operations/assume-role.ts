import type * as STS from '@aws-sdk/client-sts';
import { accountOf, assumeRoleDemand } from '../../../access/assume-role-demand.ts';
import { attachablePolicy, documentInForce } from '../../../access/attachable-policy.ts';
import { parsePolicy, problemText } from '../../../model/policy/parse.ts';
import type { Store } from '../../../store/store.ts';
import type { Input } from '../../service.ts';
import { wireCredentials } from '../credentials.ts';
import { stsErrors } from '../errors.ts';
import type { StsOperation } from '../sts-operation.ts';

const sessionDurationSecondsDefault = 3_600;

/**
 * A role that does not exist and one that does not trust the caller are the same answer.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const assumeRole: StsOperation<'AssumeRole'> = {
  authorize: (input, { store, accountId }) => [assumeRoleDemand(store, accountId, askedOf(input))],

  commit(input, { store, access, principal, arrival, now, marks }) {
    for (const member of ['Tags', 'TransitiveTagKeys', 'SourceIdentity', 'SerialNumber', 'TokenCode', 'ProvidedContexts'] as const) {
      const given = input[member];
      if (given !== undefined && given.length > 0) throw stsErrors.notSupported(member);
    }
    const request = {
      ...askedOf(input),
      durationSeconds: input.DurationSeconds ?? sessionDurationSecondsDefault,
      sessionPolicies: sessionPoliciesOf(input, store),
      arrival,
      marks,
    };
    const issued = access.assumeRole(principal, request, now);
    const session = issued.principal;
    return {
      Credentials: wireCredentials(issued),
      ...(session.type === 'role-session'
        ? { AssumedRoleUser: { AssumedRoleId: `${session.roleId}:${session.sessionName}`, Arn: session.arn } }
        : {}),
    };
  },
};

type AssumeRoleInput = Input<typeof STS, 'AssumeRole'>;

const askedOf = ({ RoleArn, RoleSessionName, ExternalId }: AssumeRoleInput) => ({
  roleArn: RoleArn,
  sessionName: RoleSessionName,
  ...(ExternalId === undefined ? {} : { externalId: ExternalId }),
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
