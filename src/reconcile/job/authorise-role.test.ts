import { expect, it } from 'vitest';
import { allowing, trustPolicy } from '../../../test/fixtures/iam-world.ts';
import { jobName, nothing, trainingWorld } from '../../../test/fixtures/training-world.ts';
import { trainingEc2Actions } from '../../model/job/needs.ts';

/**
 * Written out from AWS's guide, and not from the code.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms
 */
const guide = [
  'ec2:CreateNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface',
  'ec2:DeleteNetworkInterfacePermission',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeVpcs',
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
];
const others = ['s3:*', 'logs:*'];
const executes = 'arn:aws:iam::123456789012:role/executes';

it("needs what AWS's guide lists, and nothing else of EC2", () => {
  expect(trainingEc2Actions.toSorted()).toEqual(guide.toSorted());
});

it.each(guide)('a role without %s fails its job, which names it and leaves nothing behind', async (action) => {
  const world = trainingWorld({}, {}, allowing([...guide.filter((other) => other !== action), ...others]));
  await world.run();
  expect(world.row().status).toBe('Failed');
  expect(world.row().failureReason).toMatch(
    new RegExp(`^ClientError: The execution role ${executes} lacks ${action}, which a job with VpcConfig needs`),
  );
  expect(world.row().failureReason).toContain(`because no identity-based policy allows the ${action} action`);
  expect(world.refused).toEqual([`training job ${jobName} ${action}`]);
  expect(world.held()).toEqual(nothing);
});

it.each(guide)('a role whose policy denies %s fails its job, too', async (action) => {
  const statements = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: action, Resource: '*' },
  ];
  const world = trainingWorld({}, {}, JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  await world.run();
  expect(world.row().failureReason).toContain(` lacks ${action}, `);
  expect(world.row().failureReason).toContain('with an explicit deny in an identity-based policy');
  expect(world.held()).toEqual(nothing);
});

it('a role with these nine completes its job', async () => {
  const world = trainingWorld({}, {}, allowing([...guide, ...others]));
  await world.run();
  expect([world.row().status, world.row().failureReason, world.refused]).toEqual(['Completed', undefined, []]);
});

it("a role that nobody may assume any more when the job starts fails it, in AWS's words", async () => {
  const world = trainingWorld();
  const { roles } = world.store.iam.of('123456789012');
  world.store.transact(() => void roles.update('executes', { assumeRolePolicyDocument: trustPolicy.replace('sagemaker.', 'ec2.') }));
  await world.run();
  expect(world.row().failureReason).toMatch(new RegExp(`^ClientError: SageMaker was unable to assume the role '${executes}'\\. `));
  expect(world.refused).toEqual([`training job ${jobName} sts:AssumeRole`]);
  expect(world.held()).toEqual(nothing);
});
