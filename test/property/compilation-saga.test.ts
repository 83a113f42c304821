import { expect, it } from 'vitest';
import { describeCompilationJobRow } from '../../src/services/sagemaker/compilation-job-description.ts';
import { allowing } from '../fixtures/iam-world.ts';
import { compilationWorld, nothing } from '../fixtures/training-world.ts';
import { atEveryMoment } from './saga-moments.ts';

/** The steps and the rules of ends are those of training jobs; what is shown here is that they hold for the steps that differ, too. */
await atEveryMoment(compilationWorld, { completed: 'COMPLETED', others: ['FAILED', 'STOPPED'], momentsMin: 30, isWhole });

/** DescribeCompilationJob says why it failed and nothing else, where the model is, and the digest of one that is there. */
function isWhole(world: ReturnType<typeof compilationWorld>): boolean {
  const { CompilationJobStatus: status, FailureReason, ModelArtifacts, ModelDigests } = describeCompilationJobRow(world.row());
  return (
    (FailureReason === '') === (status !== 'FAILED') &&
    ModelArtifacts?.S3ModelArtifacts === 's3://bucket/compiled/model-ml_c5.tar.gz' &&
    (ModelDigests !== undefined) === (status === 'COMPLETED')
  );
}

it('keeps what the agent said of the artefact', async () => {
  const world = compilationWorld();
  await world.run();
  expect(world.row()).toMatchObject({ artifactDigest: 'd1', saga: 'ended' });
});

it('a compiler gets no credentials and is told nothing that is secret', async () => {
  const world = compilationWorld();
  await world.run();
  const [spec] = world.containers.specs;
  expect(spec?.environment).not.toHaveProperty('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  expect(Object.keys(spec?.environment ?? {}).filter((name) => /KEY|TOKEN|SECRET/u.test(name))).toEqual([]);
  expect(JSON.stringify(spec)).not.toContain(world.row().credentialsId);
});

/** Written out from the seed, and not from the code. https://docs.aws.amazon.com/sagemaker/latest/dg/neo-vpc.html */
const guide = [
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeVpcs',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DeleteNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:CreateNetworkInterface',
  'ec2:ModifyNetworkInterfaceAttribute',
];

it.each(guide)('a role without %s fails its job, which names it and leaves nothing behind', async (action) => {
  const world = compilationWorld({}, {}, allowing([...guide.filter((other) => other !== action), 's3:*', 'logs:*']));
  await world.run();
  expect(world.row()).toMatchObject({ status: 'FAILED' });
  expect(world.row().failureReason).toContain(` lacks ${action}, which a job with VpcConfig needs`);
  expect(world.row().failureReason?.length).toBeLessThanOrEqual(1_024);
  expect(world.refused).toEqual([`compilation job job ${action}`]);
  expect(world.held()).toEqual(nothing);
});

it('a role with these eleven completes its job', async () => {
  const world = compilationWorld({}, {}, allowing([...guide, 's3:*', 'logs:*']));
  await world.run();
  expect([world.row().status, world.row().failureReason, world.refused]).toEqual(['COMPLETED', undefined, []]);
});

it('fails by what the compiler says when it fails, and by that it left nothing when it did', async () => {
  const failing = compilationWorld();
  failing.containers.exitCodeOf = () => 1;
  const plain = failing.placement.answer;
  failing.placement.answer = (order) =>
    order.kind === 'read' ? { orderId: order.orderId, ok: true, objects: 0, bytes: 0, text: '{"error": "InputConfiguration: no"}' } : plain(order);
  await failing.run();
  expect(failing.row()).toMatchObject({ status: 'FAILED', failureReason: 'ClientError: InputConfiguration: no' });
  const empty = compilationWorld();
  empty.placement.answer = ({ orderId }) => ({ orderId, ok: true, objects: 0, bytes: 0 });
  await empty.run();
  expect(empty.row().failureReason).toBe('ClientError: CompilationError: Unable to compile model for ml_c5: it left nothing to upload');
});
