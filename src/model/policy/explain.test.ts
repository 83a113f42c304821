import { describe, expect, it } from 'vitest';
import type { Arrival } from '../arrival.ts';
import { explain, inOneLine } from './explain.ts';
import type { Principal } from './principal.ts';
import type { PolicyText, RefusedCase } from './refused-case.ts';

const accountId = '123456789012';
const roleArn = `arn:aws:iam::${accountId}:role/Training`;
const training: Principal = {
  type: 'role-session',
  accountId,
  arn: `arn:aws:sts::${accountId}:assumed-role/Training/job`,
  roleArn,
  roleId: 'AROAEXAMPLE0001',
  sessionName: 'job',
  sessionPolicies: [],
};
const host: Arrival = { kind: 'host', sourceIp: '127.0.0.1', secure: false };
const throughOne: Arrival = { kind: 'endpoint', service: 's3', vpcEndpointId: 'vpce-1a', vpcId: 'vpc-1', sourceIp: '10.0.0.4', secure: false };

const text = (kind: PolicyText['kind'], name: string, ...Statement: object[]): PolicyText => ({
  kind,
  name,
  text: JSON.stringify({ Version: '2012-10-17', Statement }),
});
const everything = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
const onlyThroughEndpoint = {
  Sid: 'OnlyThroughEndpoint',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
  Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1a' } },
};

function refusedCase(policies: readonly PolicyText[], more: Partial<RefusedCase> = {}): RefusedCase {
  return {
    principal: training,
    arrival: host,
    demand: { action: 's3:PutObject', resource: 'arn:aws:s3:::b/k' },
    resourceOwner: accountId,
    requiresResourcePolicy: false,
    time: '2026-11-01T12:00:00.000Z',
    region: 'us-west-2',
    accountId,
    principalTags: {},
    policies,
    ...more,
  };
}

it('a Deny that holds because the request came by another way: the statement as written, and the way it lets pass', () => {
  const refused = refusedCase([text('resource', 'arn:aws:s3:::b', onlyThroughEndpoint), text('identity', 'role/Training/inline', everything)]);
  const { decision, chain, decided, change } = explain(refused);
  expect(inOneLine(decision)).toBe('the Deny in statement OnlyThroughEndpoint of bucket policy of arn:aws:s3:::b');
  expect(chain.map(({ title, says }) => `${title} ${says}`)).toEqual([
    'bucket policy of arn:aws:s3:::b denies',
    'identity policy role/Training/inline allows',
  ]);
  expect(decided).toEqual([
    {
      title: 'statement OnlyThroughEndpoint of bucket policy of arn:aws:s3:::b',
      index: 0,
      sid: 'OnlyThroughEndpoint',
      effect: 'Deny',
      statement: onlyThroughEndpoint,
    },
  ]);
  expect(change.requests).toEqual(['send it through vpce-1a, if the policy of that endpoint lets it pass']);
  expect(change.edits).toMatchObject([
    {
      text: `bucket policy of arn:aws:s3:::b: except ${roleArn} by ArnNotEquals aws:PrincipalArn in statement OnlyThroughEndpoint`,
      statement: { Sid: 'OnlyThroughEndpoint', Condition: { ArnNotEquals: { 'aws:PrincipalArn': [roleArn] } } },
    },
  ]);
});

it('a Deny about another endpoint: one more in its list', () => {
  const refused = refusedCase(
    [
      text('endpoint', 'vpce-2b', { ...everything, Principal: '*' }),
      text('resource', 'arn:aws:s3:::b', onlyThroughEndpoint),
      text('identity', 'role/Training/inline', everything),
    ],
    { arrival: { ...throughOne, vpcEndpointId: 'vpce-2b' } },
  );
  expect(explain(refused).change.edits).toMatchObject([
    {
      text: 'bucket policy of arn:aws:s3:::b: add vpce-2b to StringNotEquals aws:SourceVpce in statement OnlyThroughEndpoint',
      statement: { Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-1a', 'vpce-2b'] } } },
    },
  ]);
});

it('an endpoint policy that does not list the action: what its nearest statement says instead, and one more action in it', () => {
  const allowed = { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::b/k' };
  const other = { ...allowed, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::c' };
  const refused = refusedCase([text('endpoint', 'vpce-1a', other, allowed), text('identity', 'role/Training/inline', everything)], {
    arrival: throughOne,
    demand: { action: 's3:PutObjectTagging', resource: 'arn:aws:s3:::b/k' },
  });
  const { decision, chain, change } = explain(refused);
  expect(inOneLine(decision)).toBe('no statement of the endpoint policy that allows it');
  expect(chain[0]).toMatchObject({
    says: 'is silent',
    nearest: { index: 1, differs: ["Action is s3:GetObject, s3:PutObject, the request's is s3:PutObjectTagging"] },
  });
  expect(change.edits).toMatchObject([
    {
      text: 'endpoint policy of vpce-1a: add s3:PutObjectTagging on arn:aws:s3:::b/k to statement 1',
      statement: { Action: ['s3:GetObject', 's3:PutObject', 's3:PutObjectTagging'] },
    },
  ]);
});

it('a condition says which value it wanted and which there was', () => {
  const conditional = {
    ...everything,
    Condition: { StringEquals: { 's3:x-amz-server-side-encryption': 'AES256' }, Bool: { 'aws:SecureTransport': 'true' } },
  };
  const refused = refusedCase([text('identity', 'role/Training/inline', conditional)]);
  const { chain, change } = explain(refused);
  expect(chain.map(({ says, nearest }) => [says, nearest?.differs])).toEqual([
    ['is not there', undefined],
    [
      'is silent',
      [
        's3:x-amz-server-side-encryption wants AES256 by StringEquals, and is not in the request',
        'aws:SecureTransport wants true by Bool, and is false',
      ],
    ],
  ]);
  // Either alone would not do.
  expect(change.requests).toEqual([]);
  const plain = { arrival: { ...host, secure: true } };
  expect(explain({ ...refused, ...plain }).change.requests).toEqual(['send it with s3:x-amz-server-side-encryption AES256']);
});

it('several documents stand in the way: all of them are told', () => {
  const limits = text('boundary', `arn:aws:iam::${accountId}:policy/limits`, { ...everything, Action: 's3:Get*' });
  const { edits } = explain(refusedCase([limits])).change;
  expect(edits.map(({ text: words }) => words)).toEqual([
    'make identity policy role/Training/new with this statement',
    `permissions boundary arn:aws:iam::${accountId}:policy/limits: add this statement`,
  ]);
});

it('what no policy can say is said', () => {
  const gone = explain(refusedCase([{ kind: 'endpoint', name: 'vpce-1a' }], { arrival: throughOne }));
  expect(gone.chain[0]).toMatchObject({ says: 'is gone' });
  expect(gone.change).toMatchObject({ edits: [], obstacle: 'vpce-1a is gone, and with it everything that it allowed' });
  const roleless = refusedCase([], { requiresResourcePolicy: true, demand: { action: 'sts:AssumeRole', resource: `${roleArn}-gone` } });
  expect(explain(roleless).change).toMatchObject({ edits: [], obstacle: `there is no role ${roleArn}-gone` });
});

describe('a public policy that RestrictPublicBuckets withholds', () => {
  const anonymous: Principal = { type: 'anonymous' };
  const publicPolicy = text('resource', 'arn:aws:s3:::b', { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' });
  const withheld = (action: string) =>
    refusedCase([], { principal: anonymous, demand: { action, resource: 'arn:aws:s3:::b/k', withheldPolicy: publicPolicy.text ?? '' } });

  it('is named, and the switch that lets it count', () => {
    const refused = withheld('s3:GetObject');
    const { decision, chain, change } = explain(refused);
    expect(inOneLine(decision, refused.demand)).toBe(
      "no statement of the resource's policy that allows it: RestrictPublicBuckets withholds the public policy of the bucket",
    );
    expect(chain.map(({ title, says }) => `${title} ${says}`)).toEqual(['bucket policy of arn:aws:s3:::b is withheld by RestrictPublicBuckets']);
    expect(change).toMatchObject({
      edits: [],
      unblock: expect.stringMatching(/^switch RestrictPublicBuckets of arn:aws:s3:::b off \(PutPublicAccessBlock/u),
    });
    expect(change).not.toHaveProperty('obstacle');
  });

  it('is edited as well where it would not be enough', () => {
    const { edits, unblock } = explain(withheld('s3:PutObject')).change;
    expect(unblock).toMatch('RestrictPublicBuckets');
    expect(edits).toHaveLength(1);
  });
});
