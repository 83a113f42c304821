import { expect, it } from 'vitest';
import { accountId, allowing, iamWorld, refusalOf } from '../../../test/fixtures/iam-world.ts';
import { present } from '../../stdx/assert.ts';
import type { Operation } from '../operation.ts';
import { neverThere } from './operations/never-there.ts';
import { refusedOperations } from './operations/refused.ts';
import { iam } from './registry.ts';

const operation = (name: keyof typeof iam) => iam[name] as unknown as Operation<object, object>;

it.each(Object.keys(neverThere) as (keyof typeof neverThere)[])('answers %s with nothing', (name) => {
  const answer = iamWorld().call(operation(name), {});
  expect(Object.entries(answer).filter(([member]) => member !== 'IsTruncated')).toEqual([[expect.any(String), []]]);
});

it.each(['ListMFADevices', 'ListServiceSpecificCredentials', 'ListSigningCertificates', 'ListSSHPublicKeys', 'GetLoginProfile'] as const)(
  'tells whoever asks %s of a user that does not exist',
  (name) => {
    const { call } = iamWorld();
    expect(refusalOf(() => call(operation(name), { UserName: 'nobody' })).message).toBe('The user with name nobody cannot be found.');
  },
);

it.each(Object.keys(refusedOperations) as (keyof typeof refusedOperations)[])('refuses %s by name, with the reason, to whoever may', (name) => {
  const { call, makeRole, sessionOf } = iamWorld();
  const { code, message } = refusalOf(() => call(operation(name), {}));
  expect(code).toBe('InvalidInput');
  expect(message).toMatch(new RegExp(`^The operation ${name} is not supported: .+\\.$`, 'u'));
  expect(refusalOf(() => call(operation(name), {}, sessionOf(makeRole('R')))).code).toBe('AccessDenied');
});

it('there are no passwords', () => {
  const { call } = iamWorld();
  call(iam.CreateUser, { UserName: 'alice' });
  const missing = (message: string) => ({ code: 'NoSuchEntity', status: 404, message });
  expect(refusalOf(() => call(iam.GetAccountPasswordPolicy, {}))).toEqual(
    missing(`The Password Policy with domain name ${accountId} cannot be found.`),
  );
  const none = missing('Login Profile for User alice cannot be found.');
  expect(refusalOf(() => call(iam.GetLoginProfile, { UserName: 'alice' }))).toEqual(none);
  expect(refusalOf(() => call(iam.DeleteLoginProfile, { UserName: 'alice' }))).toEqual(none);
});

it('the summary counts what is there', () => {
  const { call, makeRole } = iamWorld();
  makeRole('R');
  call(iam.CreateUser, { UserName: 'alice' });
  const { Policy } = call(iam.CreatePolicy, { PolicyName: 'p', PolicyDocument: allowing('*') });
  call(iam.CreatePolicyVersion, { PolicyArn: Policy?.Arn ?? '', PolicyDocument: allowing('*') });
  call(iam.CreateInstanceProfile, { InstanceProfileName: 'i' });
  expect(call(iam.GetAccountSummary, {}).SummaryMap).toMatchObject({
    Users: 1,
    Roles: 1,
    Policies: 1,
    PolicyVersionsInUse: 2,
    InstanceProfiles: 1,
    AccountAccessKeysPresent: 1,
    AttachedPoliciesPerRoleQuota: 10,
  });
});

it('a user that is renamed keeps its policies, keys and sessions', () => {
  const { access, call, clock, store } = iamWorld();
  call(iam.CreateUser, { UserName: 'alice' });
  call(iam.CreateUser, { UserName: 'bob' });
  call(iam.PutUserPolicy, { UserName: 'alice', PolicyName: 'p', PolicyDocument: allowing('iam:GetUser') });
  const { AccessKeyId = '' } = present(call(iam.CreateAccessKey, { UserName: 'alice' }).AccessKey, 'a key is made');
  const before = present(access.resolve(AccessKeyId, undefined), 'the key is known').principal;
  const session = store.transact(() => access.issueSession(before, 900, clock.now()));
  expect(refusalOf(() => call(iam.UpdateUser, { UserName: 'alice', NewUserName: 'BOB' })).message).toBe('User with name BOB already exists.');
  call(iam.UpdateUser, { UserName: 'alice', NewUserName: 'Alice', NewPath: '/ml/' });
  const credentials = [
    [access.resolve(AccessKeyId, undefined), {}],
    [access.resolve(session.accessKeyId, session.sessionToken), { issuedAt: clock.now().toISOString() }],
  ] as const;
  for (const [resolved, marked] of credentials) {
    const { principal } = present(resolved, 'the credential is still known');
    expect(principal).toEqual({ ...before, ...marked, userName: 'Alice', arn: `arn:aws:iam::${accountId}:user/ml/Alice` });
    expect(call(iam.GetUser, {}, principal).User).toMatchObject({ UserName: 'Alice', Path: '/ml/' });
  }
  expect(call(iam.ListUserPolicies, { UserName: 'Alice' }).PolicyNames).toEqual(['p']);
  expect(call(iam.ListAccessKeys, { UserName: 'Alice' }).AccessKeyMetadata).toMatchObject([{ AccessKeyId }]);
  expect(refusalOf(() => call(iam.GetUser, { UserName: 'alice' })).code).toBe('NoSuchEntity');
});
