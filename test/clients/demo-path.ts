import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** What every client sends on the way that all of them go: the documents of IAM, and a training job. */

export const bucket = 'private-data';
export const roleName = 'training-role';
export const roleArn = `arn:aws:iam::000000000000:role/${roleName}`;
export const logGroupName = '/aws/sagemaker/TrainingJobs';

/** https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms */
export const networkActions = [
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
export const dataActions = ['s3:GetObject', 's3:PutObject', 's3:ListBucket', 's3:AbortMultipartUpload'];
export const logActions = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'];

export const allowing = (...actions: readonly string[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
export const rolePolicy = allowing(...networkActions, ...dataActions, ...logActions);
export const trustPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

export const trainRows = new URL('../../images/gbt/data/train.csv', import.meta.url).pathname;
export const validationRows = new URL('../../images/gbt/data/validation.csv', import.meta.url).pathname;

export interface PrivateNetwork {
  readonly subnetId: string;
  readonly groupId: string;
}

export const channel = (name: string) => ({
  ChannelName: name,
  ContentType: 'text/csv',
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${bucket}/${name}/` } },
});

const rounds = 4;

const jobOf = (name: string, { subnetId, groupId }: PrivateNetwork) => ({
  TrainingJobName: name,
  RoleArn: roleArn,
  OutputDataConfig: { S3OutputPath: `s3://${bucket}/output` },
  ResourceConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 120 },
  VpcConfig: { Subnets: [subnetId], SecurityGroupIds: [groupId] },
});

/** CreateTrainingJob's input: gradient-boosted trees on the rows in the bucket. */
export const trainingJob = (name: string, network: PrivateNetwork) => ({
  ...jobOf(name, network),
  AlgorithmSpecification: { TrainingImage: 'cloister/gbt', TrainingInputMode: 'File' as const },
  HyperParameters: { objective: 'binary:logistic', num_round: String(rounds) },
  InputDataConfig: [channel('train'), channel('validation')],
});

/** A job that runs until it is stopped, and leaves what it had written by then. */
const untilStopped =
  "const w=n=>require('fs').writeFileSync('/opt/ml/model/'+n,n);process.on('SIGTERM',()=>{w('last');process.exit(0)});w('first');console.log('runs');setInterval(()=>{},1e3)";

export const endlessJob = (name: string, network: PrivateNetwork) => ({
  ...jobOf(name, network),
  AlgorithmSpecification: {
    TrainingImage: 'cloister/base',
    TrainingInputMode: 'File' as const,
    ContainerEntrypoint: ['node', '-e', untilStopped],
  },
});

/** AWS's sentence for a job that does not get to its data. */
export const imageNotPulled = 'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.';
export const downloadFailed =
  "ClientError: Data download failed:Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the security groups and the subnet's network ACL allow outbound traffic to S3.";

export function fileOfArchive(archive: Uint8Array, name: string): string {
  const { status, stdout, stderr } = spawnSync('tar', ['--extract', '--gzip', '--to-stdout', name], { input: archive });
  if (status !== 0) throw new Error(`the archive has no ${name}: ${stderr.toString()}`);
  return stdout.toString();
}

/** What XGBoost's own reader looks at. https://xgboost.readthedocs.io/en/release_1.7.0/tutorials/saving_model.html */
export function expectXgboostModel(archive: Uint8Array): void {
  const model: any = JSON.parse(fileOfArchive(archive, 'xgboost-model'));
  expect(model.version).toHaveLength(3);
  const { gradient_booster: booster, objective, learner_model_param: parameters } = model.learner;
  expect(booster.name).toBe('gbtree');
  expect(objective.name).toBe('binary:logistic');
  expect(parameters.num_feature).toBe('30');
  expect(booster.model.trees).toHaveLength(rounds);
  // Trees that split somewhere: it learnt from the rows.
  for (const tree of booster.model.trees) expect(tree.left_children.length).toBeGreaterThan(1);
}

/** More than the 8 MiB at which clients turn to multipart uploads, and not all the same. */
export function largeBody(): Buffer {
  const rows = readFileSync(trainRows);
  return Buffer.concat(Array.from({ length: Math.ceil((9 << 20) / rows.length) }, () => rows));
}
