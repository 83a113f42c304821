import { CreateVpcEndpointCommand, ModifyVpcAttributeCommand, RevokeSecurityGroupEgressCommand } from '@aws-sdk/client-ec2';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { ListTrainingJobsCommand, type DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, region, type Network } from './lab.ts';

/** Jobs that cannot be, each with the words that say why; and the gate that dropped the packet, where one did. */

let lab: DaemonLab;
/** Nothing is wrong with it. */
let network: Network;

beforeAll(async () => {
  lab = await DaemonLab.open();
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
});
afterAll(async () => void (await lab?.close()));

describe('a network that does not lead to the data', () => {
  /** A job in a network of its own that lacks something, and the gates that dropped packets meanwhile. */
  async function runIn(place: Network, name: string): Promise<{ result: DescribeTrainingJobCommandOutput; rose: string[] }> {
    // A gate counts while an interface needs it. This one stays when those of the job go.
    await lab.makeInterface(place);
    return await lab.counted(place.vpcId, async () => await lab.runJob(demo.trainingJob(name, place)));
  }

  it('fails the job and names the group without an egress rule, the VPC without a resolver, the table without a route', async () => {
    const [grouped, nameless, routeless] = await Promise.all([
      lab.makeNetwork('10.1.0.0/16'),
      lab.makeNetwork('10.2.0.0/16'),
      lab.makeNetwork('10.3.0.0/16'),
    ]);
    await Promise.all([grouped, nameless].map(async (place) => await lab.makeS3Endpoint(place)));
    const everywhere = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    await lab.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: grouped.groupId, IpPermissions: everywhere }));
    await lab.ec2.send(new ModifyVpcAttributeCommand({ VpcId: nameless.vpcId, EnableDnsSupport: { Value: false } }));
    // An endpoint is no way for a table that it is not in.
    await lab.ec2.send(new CreateVpcEndpointCommand({ VpcId: routeless.vpcId, ServiceName: `com.amazonaws.${region}.s3` }));

    const ended = await Promise.all([runIn(grouped, 'no-egress'), runIn(nameless, 'no-names'), runIn(routeless, 'no-route')]);
    for (const { result } of ended) {
      expect(result.TrainingJobStatus).toBe('Failed');
      expect(result.FailureReason).toContain(demo.downloadFailed);
    }
    const [egress, names, route] = ended;
    expect(egress.result.FailureReason).toContain(`security group ${grouped.groupId} has no egress rule`);
    expect(egress.rose).toEqual([`egress.${grouped.groupId}`]);
    expect(names.result.FailureReason).toContain(`${nameless.vpcId} has no resolver: enableDnsSupport is false`);
    expect(names.rose).toEqual([`resolver.${nameless.vpcId}`]);
    expect(route.result.FailureReason).toContain(`route table ${routeless.routeTableId} has no route`);
    expect(route.rose).toEqual([`route.${routeless.routeTableId}`]);
  });

  it('completes in a network that lacks nothing, and drops nothing', async () => {
    const { result, rose } = await runIn(network, 'nothing-lacks');
    expect([result.TrainingJobStatus, result.FailureReason, rose]).toEqual(['Completed', undefined, []]);
  });
});

describe('a role that may not', () => {
  it.each(demo.networkActions)('fails the job when the role lacks %s, and names it', async (action) => {
    const name = `without-${action.slice('ec2:'.length)}`;
    const RoleArn = await lab.makeRole(name, ...demo.networkActions.filter((other) => other !== action), ...demo.dataActions);
    const job = await lab.runJob({ ...demo.trainingJob(name, network), RoleArn });
    expect(job.TrainingJobStatus).toBe('Failed');
    expect(job.FailureReason).toMatch(new RegExp(`^ClientError: The execution role ${RoleArn} lacks ${action}, `, 'u'));
  });

  it('fails the job when the role may not read the data', async () => {
    const RoleArn = await lab.makeRole('no-data', ...demo.networkActions, 's3:ListBucket', 's3:PutObject', ...demo.logActions);
    const job = await lab.runJob({ ...demo.trainingJob('no-data', network), RoleArn });
    expect(job.FailureReason).toMatch(
      /^ClientError: Data download failed:AccessDenied \(403\): User: arn:aws:sts::000000000000:assumed-role\/no-data\//u,
    );
    expect(job.FailureReason).toContain('because no identity-based policy allows the s3:GetObject action');
  });
});

describe('a job that is refused at once, and is not there afterwards', () => {
  const validation = (message: string | RegExp) => ({
    name: 'ValidationException',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });

  it('whose role is nobody, or does not let SageMaker assume it', async () => {
    const RoleName = 'of-another-service';
    const AssumeRolePolicyDocument = demo.trustPolicy.replace('sagemaker.', 'ec2.');
    const { Role } = await lab.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    for (const RoleArn of [Role?.Arn ?? '', 'arn:aws:iam::000000000000:role/nobody']) {
      await expect(lab.createJob({ ...demo.trainingJob('refused', network), RoleArn })).rejects.toMatchObject(
        validation(
          `Could not assume role ${RoleArn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
        ),
      );
    }
  });

  it('whose image is not here', async () => {
    const AlgorithmSpecification = { TrainingImage: 'nowhere/nothing:1', TrainingInputMode: 'File' as const };
    await expect(lab.createJob({ ...demo.trainingJob('refused', network), AlgorithmSpecification })).rejects.toMatchObject(
      validation(/^Cannot find image: nowhere\/nothing:1\./u),
    );
  });

  it('whose bucket is not there', async () => {
    const job = demo.trainingJob('refused', network);
    const InputDataConfig = [
      { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: 's3://nobodys-bucket/train' } } },
    ];
    await expect(lab.createJob({ ...job, InputDataConfig })).rejects.toMatchObject(
      validation(/^No S3 objects found under S3 URL "s3:\/\/nobodys-bucket\/train" given in input data source\./u),
    );
  });

  it('whose output goes nowhere', async () => {
    const OutputDataConfig = { S3OutputPath: 's3://nobodys-bucket/output' };
    await expect(lab.createJob({ ...demo.trainingJob('refused', network), OutputDataConfig })).rejects.toMatchObject(
      validation(/^Access denied to OutputDataConfig S3 bucket "nobodys-bucket"\. .* Error message from S3: The specified bucket does not exist$/u),
    );
  });

  it('whose subnet or group is unknown, or of another VPC, or of dedicated tenancy', async () => {
    const [other, dedicated] = await Promise.all([lab.makeNetwork('10.8.0.0/16'), lab.makeNetwork('10.9.0.0/16', 'dedicated')]);
    const [unknownSubnet, unknownGroup] = ['subnet-0123456789abcdef0', 'sg-0123456789abcdef0'];
    const cases = [
      [[unknownSubnet], [network.groupId], `The subnet ID '${unknownSubnet}' does not exist`],
      [[network.subnetId], [unknownGroup], `The security group '${unknownGroup}' does not exist`],
      [[network.subnetId, other.subnetId], [network.groupId], 'belong to different networks'],
      [[network.subnetId], [other.groupId], 'belong to different networks'],
      [[dedicated.subnetId], [dedicated.groupId], 'tenancy is dedicated'],
    ] as const;
    for (const [subnets, groups, message] of cases) {
      const VpcConfig = { Subnets: [...subnets], SecurityGroupIds: [...groups] };
      await expect(lab.createJob({ ...demo.trainingJob('refused', network), VpcConfig })).rejects.toMatchObject(
        validation(new RegExp(`^Invalid VpcConfig: .*${message}`, 'u')),
      );
    }
  });

  it('is not there afterwards', async () => {
    const { TrainingJobSummaries } = await lab.sagemaker.send(new ListTrainingJobsCommand({ NameContains: 'refused' }));
    expect(TrainingJobSummaries).toEqual([]);
  });
});
