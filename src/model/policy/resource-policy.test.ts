import { expect, it } from 'vitest';
import { bucketPolicyProblem, defaultEndpointPolicy, endpointPolicyProblem } from './resource-policy.ts';

const allow = (more: object): string => JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', ...more }] });

it('takes the default endpoint policy', () => {
  expect(endpointPolicyProblem(defaultEndpointPolicy)).toBeUndefined();
});

it('takes an endpoint policy up to its limit, white space included', () => {
  const document = allow({ Resource: '*' });
  expect(endpointPolicyProblem(document.padEnd(20_480))).toBeUndefined();
  expect(endpointPolicyProblem(document.padEnd(20_481))).toBe('The policy document exceeds the maximum length of 20480 characters');
});

it('asks endpoint policies for a principal', () => {
  expect(endpointPolicyProblem('{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}')).toBe(
    'Statement[0].Principal: Missing required field Principal',
  );
});

it.each([
  [allow({ Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'] }), undefined],
  [allow({ Action: ['s3:*', '*'], Resource: 'arn:aws:s3:::b/*' }), undefined],
  [allow({ Resource: 'arn:aws:s3:::c/*' }), 'Policy has invalid resource: Statement[0]: arn:aws:s3:::c/*'],
  [allow({ Resource: 'arn:aws:s3:::b-2/*' }), 'Policy has invalid resource: Statement[0]: arn:aws:s3:::b-2/*'],
  [allow({ Resource: '*' }), 'Policy has invalid resource: Statement[0]: *'],
  [allow({ Action: 'ec2:RunInstances', Resource: 'arn:aws:s3:::b' }), 'Policy has invalid action: Statement[0]: ec2:RunInstances'],
  ['[]', "Policies must be valid JSON and the first byte must be '{'"],
  ['{"Statement":', 'This policy contains invalid Json'],
  [allow({ Resource: 'arn:aws:s3:::b/*' }).padEnd(20_481), 'Policies must not exceed 20 KB in size'],
])('of a bucket (%#)', (document, problem) => {
  expect(bucketPolicyProblem(document, 'b')).toBe(problem);
});
