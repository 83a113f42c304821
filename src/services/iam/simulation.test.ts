import { beforeEach, expect, it } from 'vitest';
import { allowing, iamWorld, refusalOf, trustPolicy } from '../../../test/fixtures/iam-world.ts';
import { iam } from './registry.ts';

let world: ReturnType<typeof iamWorld>;
const PolicySourceArn = 'arn:aws:iam::123456789012:role/R';
const simulate = (...ActionNames: string[]) =>
  world.call(iam.SimulatePrincipalPolicy, { PolicySourceArn, ActionNames }).EvaluationResults?.map(({ EvalDecision }) => EvalDecision);

beforeEach(() => {
  world = iamWorld();
  world.call(iam.CreateRole, { RoleName: 'R', AssumeRolePolicyDocument: trustPolicy });
  const statements = [
    { Effect: 'Allow', Action: ['ec2:*', 's3:ListAllMyBuckets'], Resource: '*' },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' },
    { Effect: 'Deny', Action: 'ec2:DeleteVpc', Resource: '*' },
  ];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  world.call(iam.PutRolePolicy, { RoleName: 'R', PolicyName: 'p', PolicyDocument });
});

it('says what the policies of a role say', () => {
  expect(simulate('ec2:CreateVpc', 'ec2:DeleteVpc', 's3:GetObject', 'iam:GetRole')).toEqual([
    'allowed',
    'explicitDeny',
    'implicitDeny',
    'implicitDeny',
  ]);
  const ResourceArns = ['arn:aws:s3:::b/k', 'arn:aws:s3:::other/k'];
  const { EvaluationResults: results } = world.call(iam.SimulatePrincipalPolicy, { PolicySourceArn, ActionNames: ['s3:GetObject'], ResourceArns });
  expect(results?.map(({ EvalResourceName, EvalDecision }) => [EvalResourceName, EvalDecision])).toEqual([
    [ResourceArns[0], 'allowed'],
    [ResourceArns[1], 'implicitDeny'],
  ]);
});

it('says when it is the boundary that does not allow it', () => {
  const { Policy } = world.call(iam.CreatePolicy, { PolicyName: 'edge', PolicyDocument: allowing('s3:*') });
  world.call(iam.PutRolePermissionsBoundary, { RoleName: 'R', PermissionsBoundary: Policy?.Arn ?? '' });
  const { EvaluationResults: results } = world.call(iam.SimulatePrincipalPolicy, { PolicySourceArn, ActionNames: ['ec2:CreateVpc'] });
  expect(results?.[0]).toMatchObject({
    EvalDecision: 'implicitDeny',
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
  });
});

it('refuses what it cannot judge', () => {
  const refused = (more: object) => refusalOf(() => world.call(iam.SimulatePrincipalPolicy, { PolicySourceArn, ActionNames: ['ec2:A'], ...more }));
  expect(refused({ PolicySourceArn: `${PolicySourceArn}X` })).toMatchObject({ code: 'NoSuchEntity' });
  expect(refused({ ActionNames: ['nothing'] })).toMatchObject({ code: 'InvalidInput' });
  expect(refused({ PolicyInputList: [allowing('*')] })).toMatchObject({ code: 'InvalidInput' });
});
