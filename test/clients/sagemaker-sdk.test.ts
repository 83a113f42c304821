import * as Ec2 from '@aws-sdk/client-ec2';
import * as Iam from '@aws-sdk/client-iam';
import * as S3 from '@aws-sdk/client-s3';
import * as SageMaker from '@aws-sdk/client-sagemaker';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { present } from '../../src/stdx/assert.ts';
import { needsImage } from '../fixtures/distribution-image.ts';
import { DaemonProcess, region } from './daemon-process.ts';
import * as demo from './demo-path.ts';
import { runSdk } from './sagemaker-sdk/run-sdk.ts';

/** The SageMaker Python SDK as it is published, both versions, in script mode with the sagemaker-training toolkit in the container. */

const runMs = 420_000;
const image = needsImage('cloister/python');

let daemon: DaemonProcess;
let s3: S3.S3Client;
let sagemaker: SageMaker.SageMakerClient;
let given: { role: string; source: string; subnet: string; cutSubnet: string; groups: Record<string, string> };
let v2: any;

beforeAll(async () => {
  if (image.missing()) return;
  daemon = await DaemonProcess.start();
  const settings = { region, endpoint: daemon.endpoint, credentials: daemon.credentials };
  s3 = new S3.S3Client({ ...settings, forcePathStyle: true });
  sagemaker = new SageMaker.SageMakerClient(settings);
  const iam = new Iam.IAMClient(settings);
  await iam.send(new Iam.CreateRoleCommand({ RoleName: demo.roleName, AssumeRolePolicyDocument: demo.trustPolicy }));
  const PolicyArn = 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess';
  await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: demo.roleName, PolicyArn }));
  const ec2 = new Ec2.EC2Client(settings);
  const [open, cut] = [await network(ec2, true), await network(ec2, false)];
  const groups = { [open.subnet]: open.group, [cut.subnet]: cut.group };
  given = { role: demo.roleArn, source: resolve('test/clients/sagemaker-sdk/scripts'), subnet: open.subnet, cutSubnet: cut.subnet, groups };
  v2 = await runSdk(daemon, 'v2', 'estimator.py', given);
}, runMs);
afterAll(async () => await daemon?.dispose());

/** A private VPC whose group lets its members reach each other, with a gateway endpoint of S3 or without. */
async function network(ec2: Ec2.EC2Client, withEndpoint: boolean): Promise<{ subnet: string; group: string }> {
  const { Vpc } = await ec2.send(new Ec2.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = present(Vpc?.VpcId, 'a VPC has an id');
  const { Subnet } = await ec2.send(new Ec2.CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24' }));
  const { GroupId = '' } = await ec2.send(new Ec2.CreateSecurityGroupCommand({ VpcId, GroupName: 'training', Description: 'training' }));
  const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }];
  await ec2.send(new Ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  const { RouteTables = [] } = await ec2.send(new Ec2.DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }));
  const RouteTableIds = RouteTables.map(({ RouteTableId = '' }) => RouteTableId);
  if (withEndpoint) await ec2.send(new Ec2.CreateVpcEndpointCommand({ VpcId, ServiceName: `com.amazonaws.${region}.s3`, RouteTableIds }));
  return { subnet: present(Subnet?.SubnetId, 'a subnet has an id'), group: GroupId };
}

const describeJob = async (name: string) => await sagemaker.send(new SageMaker.DescribeTrainingJobCommand({ TrainingJobName: name }));

/** A file of a job's model. */
async function modelFile(uri: string, name: string): Promise<any> {
  const { hostname, pathname } = new URL(uri);
  const { Body } = await s3.send(new S3.GetObjectCommand({ Bucket: hostname, Key: pathname.slice(1) }));
  return JSON.parse(demo.fileOfArchive(await present(Body, 'an object has a body').transformToByteArray(), name));
}

it('makes the default bucket by the account that the hard-wired name of STS tells', () => {
  expect(v2.bucket).toBe(`sagemaker-${region}-000000000000`);
});

it('trains on one instance and shows its log', async () => {
  expect(v2.one).toEqual({ job: v2.one.job, model: `s3://${v2.bucket}/${v2.one.job}/output/model.tar.gz` });
  expect(await modelFile(v2.one.model, 'algo-1.json')).toEqual({ hosts: ['algo-1'], epochs: 3, files: ['rows.csv'], job: v2.one.job });
  expect(v2.shown).toContain('the script runs on algo-1');
  expect(v2.shown).toContain('Reporting training SUCCESS');
  expect(v2.shown).toContain('Billable seconds:');
});

it('trains on two, each of which waits for the names of both', async () => {
  for (const host of ['algo-1', 'algo-2']) {
    expect(await modelFile(v2.two.model, `${host}.json`)).toMatchObject({ hosts: ['algo-1', 'algo-2'], job: v2.two.job });
  }
  expect(v2.shown).toContain('the script runs on algo-2');
});

it("gives the toolkit's reason when the script fails", async () => {
  expect(v2.fails.error).toMatch(/Failed\. Reason: AlgorithmError: ExecuteUserScriptError:\nExitCode 1/u);
  const { FailureReason, TrainingJobStatus } = await describeJob(v2.fails.job);
  expect(TrainingJobStatus).toBe('Failed');
  expect(FailureReason).toContain('train.py --epochs 3 --fail 1", exit code: 1');
});

it('says what stopped the data where the VPC has no way to S3', async () => {
  const { FailureReason = '', TrainingJobStatus } = await describeJob(v2.cut.job);
  expect(TrainingJobStatus).toBe('Failed');
  expect(FailureReason).toContain(demo.downloadFailed);
  expect(FailureReason).toContain('has no route to prefix list');
  expect(v2.cut.error).toContain(`Failed. Reason: ${FailureReason}`);
});

it(
  'trains by version 3',
  async () => {
    const v3: any = await runSdk(daemon, 'v3', 'model_trainer.py', given);
    expect(v3.model).toBe(`s3://${v2.bucket}/v3/${v3.job}/output/model.tar.gz`);
    expect(await modelFile(v3.model, 'algo-1.json')).toMatchObject({ hosts: ['algo-1'], epochs: 3, files: ['rows.csv'] });
  },
  runMs,
);
