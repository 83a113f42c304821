import * as Iam from '@aws-sdk/client-iam';
import * as S3 from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, type Network } from './lab.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html, and what a job leaves at its end. */

let lab: DaemonLab;
let network: Network;

beforeAll(async () => {
  lab = await DaemonLab.open('as a process');
  await lab.makeDataAndRole();
  await lab.makeRole('deletes', ...demo.networkActions, ...demo.dataActions, ...demo.logActions, 's3:DeleteObject');
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
});
afterAll(async () => void (await lab?.close()));

const jobOf = (name: string, program: string, more: object = {}) => ({
  ...demo.endlessJob(name, network),
  RoleArn: 'arn:aws:iam::000000000000:role/deletes',
  AlgorithmSpecification: {
    TrainingImage: 'cloister/base',
    TrainingInputMode: 'File' as const,
    ContainerEntrypoint: ['node', '-e', `const fs=require('fs');eval(process.env.PROGRAM)`],
  },
  Environment: { PROGRAM: program },
  ...more,
});

async function keys(prefix: string): Promise<readonly string[]> {
  const { Contents = [] } = await lab.s3.send(new S3.ListObjectsV2Command({ Bucket: demo.bucket, Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key.slice(prefix.length));
}

it('copies checkpoints in and out while a job runs, at a path of its own, and ends without those that are gone', async () => {
  await lab.putObject('saved/old', 'old');
  await lab.putObject('saved/deep/er', 'deeper');
  const program =
    "console.log(fs.readFileSync('/saved/deep/er','latin1'));fs.rmSync('/saved/old');fs.writeFileSync('/saved/new','new');const t=setInterval(()=>fs.existsSync('/opt/ml/model/go')&&clearInterval(t),100);process.on('SIGTERM',()=>{fs.writeFileSync('/saved/last','last');process.exit(0)})";
  const config = { CheckpointConfig: { S3Uri: `s3://${demo.bucket}/saved`, LocalPath: '/saved' } };
  await lab.createJob(jobOf('saves', program, config));
  expect(await lab.firstLine('saves')).toBe('deeper');
  await expect.poll(async () => await keys('saved/'), { timeout: 40_000, interval: 500 }).toEqual(['deep/er', 'new']);
  expect((await lab.describeJob('saves')).CheckpointConfig).toEqual(config.CheckpointConfig);
  await lab.stopJob('saves');
  expect((await lab.endOf('saves')).TrainingJobStatus).toBe('Stopped');
  expect(await keys('saved/')).toEqual(['deep/er', 'last', 'new']);
});

it('fails a job whose checkpoints a policy refuses, with the words of S3', async () => {
  const denied = { Effect: 'Deny', Action: 's3:PutObject', Resource: `arn:aws:s3:::${demo.bucket}/refused/*` };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [denied] });
  await lab.iam.send(new Iam.PutRolePolicyCommand({ RoleName: 'deletes', PolicyName: 'denies', PolicyDocument: policy }));
  const ended = await lab.runJob(
    jobOf('refused', "fs.writeFileSync('/opt/ml/checkpoints/x','x')", { CheckpointConfig: { S3Uri: `s3://${demo.bucket}/refused/` } }),
  );
  expect(ended.TrainingJobStatus).toBe('Failed');
  expect(ended.FailureReason).toMatch(
    /^ClientError: Artifact upload failed:AccessDenied \(403\): User: .* \(PutObject s3:\/\/private-data\/refused\/x\)$/u,
  );
});

it('leaves what a job made as it is, of all instances, when it is asked to', async () => {
  const program =
    "fs.mkdirSync('/opt/ml/model/sub');const h=JSON.parse(fs.readFileSync('/opt/ml/input/config/resourceconfig.json')).current_host;fs.writeFileSync('/opt/ml/model/sub/'+h,h);fs.writeFileSync('/opt/ml/output/data/log',h)";
  const OutputDataConfig = { S3OutputPath: `s3://${demo.bucket}/plain`, CompressionType: 'NONE' as const };
  const job = jobOf('plain', program, { OutputDataConfig });
  const ended = await lab.runJob({ ...job, ResourceConfig: { ...job.ResourceConfig, InstanceCount: 2 } });
  expect([ended.TrainingJobStatus, ended.FailureReason]).toEqual(['Completed', undefined]);
  expect(ended.ModelArtifacts?.S3ModelArtifacts).toBe(`s3://${demo.bucket}/plain/plain/output/model/`);
  expect(await keys('plain/plain/output/')).toEqual(['data/log', 'model/sub/algo-1', 'model/sub/algo-2']);
});

it('stores archives of the model and of the other output, and none of what is empty', async () => {
  await lab.runJob(jobOf('output-only', "fs.writeFileSync('/opt/ml/output/data/log','told')"));
  expect(await keys('output/output-only/output/')).toEqual(['output.tar.gz']);
  expect(demo.fileOfArchive(await lab.getObject('output/output-only/output/output.tar.gz'), 'log')).toBe('told');
});
