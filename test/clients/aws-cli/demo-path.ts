import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { sleep } from '../../../src/stdx/deadline.ts';
import * as demo from '../demo-path.ts';
import type { AwsCli, Ended } from './aws-cli.ts';

const jobMs = 60_000;
/** The CLI's own waiter looks every two minutes; this looks before it. */
const pollMs = 200;

/** What the two versions do differently. */
export interface Differences {
  /** What `aws s3 cp` sends of its own accord with the parts of a large object. */
  readonly checksum: { readonly member: string; readonly value: RegExp };
  /** How it ends when the service refuses. */
  readonly refusedCode: number;
}

/** The demo's way with the AWS CLI. Each command is a process; the tests go it in order. */
export function goDemoPath(cli: AwsCli, differs: Differences): void {
  const network = { vpcId: '', subnetId: '', routeTableId: '', groupId: '' };
  const aws = async (...words: readonly string[]): Promise<any> => await cli.run(...words);

  /** As the CLI prints an error. */
  const refusal = async (...words: readonly string[]): Promise<string> => {
    const { code, stderr } = await cli.attempt(words);
    expect([words.join(' '), code]).toEqual([words.join(' '), differs.refusedCode]);
    // Version 2 tells that it did not ask again, as the tests want it.
    return stderr.trim().replace(' (reached max retries: 0)', '');
  };

  const createJob = async (job: object): Promise<any> => await aws('sagemaker', 'create-training-job', '--cli-input-json', JSON.stringify(job));
  const describeJob = async (name: string): Promise<any> => await aws('sagemaker', 'describe-training-job', '--training-job-name', name);

  async function endOf(name: string): Promise<any> {
    for (let waitedMs = 0; waitedMs < jobMs; waitedMs += pollMs) {
      const job = await describeJob(name);
      if (['Completed', 'Failed', 'Stopped'].includes(job.TrainingJobStatus)) return job;
      await sleep(pollMs);
    }
    throw new Error(`${name} did not end`);
  }

  const wait = async (name: string): Promise<Ended> =>
    await cli.attempt(['sagemaker', 'wait', 'training-job-completed-or-stopped', '--training-job-name', name]);

  it('makes a private network, data and a role', async () => {
    const makeNetwork = async (): Promise<void> => {
      network.vpcId = (await aws('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16')).Vpc.VpcId;
      await aws('ec2', 'wait', 'vpc-available', '--vpc-ids', network.vpcId);
      const inVpc = ['--vpc-id', network.vpcId];
      network.subnetId = (await aws('ec2', 'create-subnet', ...inVpc, '--cidr-block', '10.0.1.0/24')).Subnet.SubnetId;
      network.routeTableId = (await aws('ec2', 'create-route-table', ...inVpc)).RouteTable.RouteTableId;
      await aws('ec2', 'associate-route-table', '--route-table-id', network.routeTableId, '--subnet-id', network.subnetId);
      network.groupId = (await aws('ec2', 'create-security-group', ...inVpc, '--group-name', 'training', '--description', 'training jobs')).GroupId;
    };
    const makeData = async (): Promise<void> => {
      const data = join(cli.folder, 'data');
      await aws('s3', 'mb', `s3://${demo.bucket}`);
      await promisify(execFile)('install', ['-D', '-t', data, demo.trainRows]);
      await aws('s3', 'sync', data, `s3://${demo.bucket}/train`);
      await aws('s3', 'cp', demo.validationRows, `s3://${demo.bucket}/validation/`);
      const name = ['--role-name', demo.roleName];
      const { Role } = await aws('iam', 'create-role', ...name, '--assume-role-policy-document', demo.trustPolicy);
      expect(Role).toMatchObject({ Arn: demo.roleArn, AssumeRolePolicyDocument: JSON.parse(demo.trustPolicy) });
      await aws('iam', 'put-role-policy', ...name, '--policy-name', 'training', '--policy-document', demo.rolePolicy);
    };
    await Promise.all([makeNetwork(), makeData()]);
    expect(await aws('s3', 'ls', '--recursive', `s3://${demo.bucket}`)).toMatch(/95840 train\/train\.csv\n.* 24049 validation\/validation\.csv\n$/u);
  });

  it("fails a job without a way to its data, in AWS's words and naming the route table", async () => {
    const { TrainingJobArn } = await createJob(demo.trainingJob('no-endpoint', network));
    expect(TrainingJobArn).toBe('arn:aws:sagemaker:us-east-1:000000000000:training-job/no-endpoint');
    const job = await endOf('no-endpoint');
    expect(job.TrainingJobStatus).toBe('Failed');
    expect(job.FailureReason).toContain(demo.downloadFailed);
    expect(job.FailureReason).toContain(network.routeTableId);
    const waited = await wait('no-endpoint');
    expect(waited.code).toBe(255);
    expect(waited.stderr).toContain('Waiter TrainingJobCompletedOrStopped failed: Waiter encountered a terminal failure state');
  });

  it('completes the same job through a gateway endpoint', async () => {
    const endpoint = ['--vpc-id', network.vpcId, '--service-name', 'com.amazonaws.us-east-1.s3', '--route-table-ids', network.routeTableId];
    expect((await aws('ec2', 'create-vpc-endpoint', ...endpoint)).VpcEndpoint.State).toBe('available');
    await createJob(demo.trainingJob('with-endpoint', network));
    const job = await endOf('with-endpoint');
    expect(job.TrainingJobStatus).toBe('Completed');
    expect((await wait('with-endpoint')).code).toBe(0);
    const archive = join(cli.folder, 'model.tar.gz');
    await aws('s3', 'cp', job.ModelArtifacts.S3ModelArtifacts, archive);
    demo.expectXgboostModel(readFileSync(archive));
  });

  it("reads the job's log page by page", async () => {
    const group = ['--log-group-name', demo.logGroupName];
    const { logStreams } = await aws('logs', 'describe-log-streams', ...group, '--log-stream-name-prefix', 'with-endpoint/');
    const stream = [...group, '--log-stream-name', logStreams[0].logStreamName, '--start-from-head'];
    const whole = await aws('logs', 'get-log-events', ...stream);
    const first = await aws('logs', 'get-log-events', ...stream, '--limit', '3');
    const second = await aws('logs', 'get-log-events', ...stream, '--limit', '1000', '--next-token', first.nextForwardToken);
    const last = await aws('logs', 'get-log-events', ...stream, '--next-token', second.nextForwardToken);
    expect(first.events).toHaveLength(3);
    expect([...first.events, ...second.events]).toEqual(whole.events);
    expect(last).toMatchObject({ events: [], nextForwardToken: second.nextForwardToken });
    expect(whole.events.map(({ message }: { message: string }) => message).join('\n')).toMatch(/validation-logloss/u);
  });

  it('stops a running job and keeps what it had written', async () => {
    await createJob(demo.endlessJob('endless', network));
    const filter = ['--log-group-name', demo.logGroupName, '--log-stream-name-prefix', 'endless/'];
    const lines = async (): Promise<number> => (await aws('logs', 'filter-log-events', ...filter)).events.length;
    await expect.poll(lines, { timeout: 30_000, interval: pollMs }).toBe(1);
    await aws('sagemaker', 'stop-training-job', '--training-job-name', 'endless');
    const job = await endOf('endless');
    expect(job.TrainingJobStatus).toBe('Stopped');
    expect((await wait('endless')).code).toBe(0);
    const archive = join(cli.folder, 'stopped.tar.gz');
    await aws('s3', 'cp', job.ModelArtifacts.S3ModelArtifacts, archive);
    expect(['first', 'last'].map((name) => demo.fileOfArchive(readFileSync(archive), name))).toEqual(['first', 'last']);
  });

  it('lists the jobs, and pages and filters what EC2 describes', async () => {
    const list = ['sagemaker', 'list-training-jobs', '--sort-by', 'CreationTime', '--sort-order', 'Ascending'];
    const names = ['--query', 'TrainingJobSummaries[].TrainingJobName'];
    expect(await aws(...list, ...names, '--page-size', '1')).toEqual(['no-endpoint', 'with-endpoint', 'endless']);
    const part = await aws(...list, '--max-items', '2', '--page-size', '1');
    expect(part.TrainingJobSummaries).toHaveLength(2);
    expect(await aws(...list, ...names, '--starting-token', part.NextToken)).toEqual(['endless']);

    const tags = 'ResourceType=subnet,Tags=[{Key=purpose,Value=few}]';
    await aws('ec2', 'create-subnet', '--vpc-id', network.vpcId, '--cidr-block', '10.0.2.0/24', '--tag-specifications', tags);
    const tagged = await aws('ec2', 'describe-subnets', '--filters', 'Name=tag:purpose,Values=f*', `Name=vpc-id,Values=${network.vpcId}`);
    expect(tagged.Subnets).toEqual([expect.objectContaining({ CidrBlock: '10.0.2.0/24', Tags: [{ Key: 'purpose', Value: 'few' }] })]);
    const groups = await aws('ec2', 'describe-security-groups', '--page-size', '5', '--filters', `Name=vpc-id,Values=${network.vpcId}`);
    expect(groups.SecurityGroups.map(({ GroupName }: { GroupName: string }) => GroupName).toSorted()).toEqual(['default', 'training']);
  });

  it('tags a job, and deletes it when it has ended', async () => {
    const { InputDataConfig: _, ...job } = demo.trainingJob('doomed', network);
    const entrypoint = { TrainingImage: 'cloister/base', TrainingInputMode: 'File', ContainerEntrypoint: ['sh', '-c', 'exit 0'] };
    const Tags = [{ Key: 'team', Value: 'vision' }];
    const { TrainingJobArn } = await createJob({ ...job, AlgorithmSpecification: entrypoint, Tags });
    const tags = async (): Promise<unknown> => (await aws('sagemaker', 'list-tags', '--resource-arn', TrainingJobArn)).Tags;
    expect(await tags()).toEqual(Tags);
    const added = await aws('sagemaker', 'add-tags', '--resource-arn', TrainingJobArn, '--tags', 'Key=stage,Value=two', 'Key=team,Value=sound');
    expect(await tags()).toEqual(added.Tags);
    await aws('sagemaker', 'delete-tags', '--resource-arn', TrainingJobArn, '--tag-keys', 'team', 'nobody');
    expect(await tags()).toEqual([{ Key: 'stage', Value: 'two' }]);
    expect((await endOf('doomed')).TrainingJobStatus).toBe('Completed');
    const named = ['--training-job-name', 'doomed'];
    await aws('sagemaker', 'delete-training-job', ...named);
    expect(await refusal('sagemaker', 'describe-training-job', ...named)).toContain('(ValidationException) when calling the DescribeTrainingJob');
  });

  it('uploads in parts, and gives out an address that is signed', async () => {
    const large = join(cli.folder, 'large');
    const back = join(cli.folder, 'back');
    writeFileSync(large, demo.largeBody());
    await aws('s3', 'cp', '--no-progress', large, `s3://${demo.bucket}/large`);
    const object = ['--bucket', demo.bucket, '--key', 'large', '--checksum-mode', 'ENABLED'];
    const [head, url] = await Promise.all([
      aws('s3api', 'head-object', ...object),
      aws('s3', 'presign', '--expires-in', '60', `s3://${demo.bucket}/train/train.csv`),
      aws('s3api', 'get-object', ...object, back),
    ]);
    expect(head.ETag).toMatch(/^"[0-9a-f]{32}-2"$/u);
    expect(head[differs.checksum.member]).toMatch(differs.checksum.value);
    expect(readFileSync(back).equals(readFileSync(large))).toBe(true);
    const answer = await fetch(url.trim());
    expect([answer.status, await answer.text()]).toEqual([200, readFileSync(demo.trainRows, 'utf8')]);
    expect((await fetch(url.trim().replace('/train/train.csv', '/large'))).status).toBe(403);
  });

  it('copies, moves, synchronises and removes objects', async () => {
    const tree = `s3://${demo.bucket}/tree`;
    const local = join(cli.folder, 'tree');
    // Larger than one part: copied by parts.
    await aws('s3', 'cp', `s3://${demo.bucket}/large`, `${tree}/a/copied`);
    await aws('s3', 'mv', `${tree}/a/copied`, `${tree}/b/moved`);
    await aws('s3', 'sync', tree, local);
    expect(readFileSync(join(local, 'b/moved')).equals(demo.largeBody())).toBe(true);
    mkdirSync(join(local, 'c'));
    renameSync(join(local, 'b/moved'), join(local, 'c/renamed'));
    writeFileSync(join(local, 'small'), 'small');
    await aws('s3', 'sync', '--delete', local, tree);
    const keys = await aws('s3api', 'list-objects-v2', '--bucket', demo.bucket, '--prefix', 'tree/', '--query', 'Contents[].Key');
    expect(keys).toEqual(['tree/c/renamed', 'tree/small']);
    await aws('s3', 'rm', '--recursive', tree);
    expect((await cli.attempt(['s3', 'ls', `${tree}/`])).code).toBe(1);
  });

  it('prints refusals as the client knows them', async () => {
    const job = demo.trainingJob('-no-name-', network);
    const [noBucket, noVpc, noName, noJob, noRole] = await Promise.all([
      refusal('s3api', 'list-objects-v2', '--bucket', 'nobodys-bucket'),
      refusal('ec2', 'describe-vpcs', '--vpc-ids', 'vpc-0123456789abcdef0'),
      refusal('sagemaker', 'create-training-job', '--cli-input-json', JSON.stringify(job)),
      refusal('sagemaker', 'describe-training-job', '--training-job-name', 'nobodys-job'),
      refusal('iam', 'get-role', '--role-name', 'nobody'),
    ]);
    const refused = (code: string, operation: string): string => `An error occurred (${code}) when calling the ${operation} operation: `;
    expect(noBucket).toContain(`${refused('NoSuchBucket', 'ListObjectsV2')}The specified bucket does not exist`);
    expect(noVpc).toContain(`${refused('InvalidVpcID.NotFound', 'DescribeVpcs')}The vpc ID 'vpc-0123456789abcdef0' does not exist`);
    expect(noName).toContain(
      `${refused('ValidationException', 'CreateTrainingJob')}1 validation error detected: Value '-no-name-' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: `,
    );
    expect(noJob).toContain(`${refused('ValidationException', 'DescribeTrainingJob')}Requested resource not found.`);
    expect(noRole).toContain(refused('NoSuchEntity', 'GetRole'));
  });

  it('speaks TLS on the same port, and only with a trusted authority', async () => {
    const whoAmI = ['sts', 'get-caller-identity', '--endpoint-url', cli.daemon.secureEndpoint];
    const [trusted, stranger, listed] = await Promise.all([
      cli.attempt(whoAmI, { AWS_CA_BUNDLE: cli.daemon.certificateAuthority }),
      cli.attempt(whoAmI),
      cli.attempt(['s3', 'ls', '--endpoint-url', cli.daemon.secureEndpoint], { AWS_CA_BUNDLE: cli.daemon.certificateAuthority }),
    ]);
    expect(JSON.parse(trusted.stdout)).toMatchObject({ Account: '000000000000' });
    expect(listed.stdout).toContain(demo.bucket);
    expect(stranger.code).toBeGreaterThan(0);
    expect(stranger.stderr).toContain('SSL validation failed');
  });
}
