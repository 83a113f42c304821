import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateAccessKeyCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { present } from '../../../src/stdx/assert.ts';
import * as demo from '../../clients/demo-path.ts';
import { replacing } from '../../seeds/replacing.ts';
import { sdkPresign } from '../../wire/sdk-signer.ts';
import { bodyOf, DaemonLab, region, sendFromHost, type Network } from './lab.ts';

/** Whole jobs, good and bad, with secrets that can be told from everything else; and all that the daemon tells of them. */

const hyperparameter = 'hyperparameter-9c1f04';
const variable = 'environment-value-77ab13';
const objectText = 'object-bytes-5d0281';

let lab: DaemonLab;
let network: Network;
/** What the daemon wrote to standard error. */
let logged = '';
const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
  logged += String(text);
  return true;
});

beforeAll(async () => {
  lab = await DaemonLab.composedOf({
    // Podman cannot make one of them, and says so with all that it was told.
    containers: (driver) =>
      replacing(driver, {
        create: async (spec) => await driver.create({ ...spec, ...(spec.name.startsWith('impossible') && { networkNamespacePath: '/no/such' }) }),
      }),
  });
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
});
afterAll(async () => {
  stderr.mockRestore();
  await lab?.close();
});

/** Leaves in the model what the code of a job is given: its role's credentials, and where they are. */
const keepCredentials =
  "const place=process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;fetch('http://169.254.170.2'+place).then(a=>a.json()).then(c=>require('fs').writeFileSync('/opt/ml/model/given',JSON.stringify({place,...c})))";

const job = (name: string, entrypoint: readonly string[]) => ({
  ...demo.trainingJob(name, network),
  AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File' as const, ContainerEntrypoint: [...entrypoint] },
  HyperParameters: { token: hyperparameter },
  Environment: { DATABASE_PASSWORD: variable },
});

/** Everything that is given to somebody to be kept. */
async function runJobs(): Promise<Readonly<Record<string, string>>> {
  expect((await lab.runJob(job('good', ['node', '-e', keepCredentials]))).TrainingJobStatus).toBe('Completed');
  const given = demo.fileOfArchive(await lab.getObject('output/good/output/model.tar.gz'), 'given');
  const { place, SecretAccessKey, Token } = JSON.parse(given) as Record<string, string>;
  expect((await lab.runJob(job('impossible', ['node', '-e', '0']))).FailureReason).toMatch(/^InternalServerError: /u);
  expect((await lab.runJob(job('failing', ['node', '-e', 'process.exit(3)']))).TrainingJobStatus).toBe('Failed');
  return {
    hyperparameter,
    variable,
    objectText,
    place: present(place?.split('/').at(-1), 'a job is told where its credentials are'),
    sessionSecret: present(SecretAccessKey, 'they have a secret'),
    sessionToken: present(Token, 'they have a token'),
  };
}

/** A presigned URL, and keys that are made and refused. */
async function callWithSecrets(): Promise<Readonly<Record<string, string>>> {
  await lab.putObject('secret', objectText);
  const path = `/${demo.bucket}/secret`;
  const query = await sdkPresign(region, lab.rootKey, lab.endpoint.host, path);
  const answer = await fetch(new URL(`${path}?${new URLSearchParams(query).toString()}`, lab.endpoint));
  expect(await answer.text()).toBe(objectText);
  await lab.iam.send(new CreateUserCommand({ UserName: 'ann' }));
  const { AccessKey } = await lab.iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  const key = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  const ann = new S3Client({ region, endpoint: lab.endpoint.href, credentials: key, maxAttempts: 1 });
  await expect(ann.send(new CreateBucketCommand({ Bucket: 'anns-bucket' }))).rejects.toThrow('is not authorized');
  return { signature: query['X-Amz-Signature'] ?? '', rootSecret: lab.rootKey.secretAccessKey, userSecret: key.secretAccessKey };
}

const open = async (path: string): Promise<string> => await (await fetch(new URL(path, lab.endpoint))).text();
const operators = async (path: string): Promise<string> => {
  const answer = await sendFromHost(lab.onHost(await lab.signed('cloister', { method: 'GET', path, headers: {}, body: '' })));
  expect(answer.status).toBe(200);
  return bodyOf(answer.text);
};

it('tells no secret of a job or a caller, wherever it tells of them', async () => {
  const secrets = { ...(await runJobs()), ...(await callWithSecrets()) };
  const records = readdirSync(join(lab.dataDirectory, 'audit')).map((file) => [file, readFileSync(join(lab.dataDirectory, 'audit', file), 'utf8')]);
  const told: Readonly<Record<string, string>> = {
    log: logged,
    ...Object.fromEntries(records),
    metrics: await open('/metrics'),
    health: await open('/_cloister/health'),
    job: await operators('/_cloister/inspect/good'),
    network: await operators(`/_cloister/networks/${network.vpcId}`),
  };
  // They are searched where something is: each tells of what was done.
  expect(told['log']).toMatch(/impossible.*podman.*DATABASE_PASSWORD=…/su);
  expect(told['audit.jsonl']).toContain('CreateTrainingJob');
  expect(told['refusals.jsonl']).toContain('s3:CreateBucket');
  expect(told['metrics']).toMatch(/cloister_requests_total\{service="sagemaker",operation="CreateTrainingJob",status="2xx"\} 3\n/u);
  expect(told['metrics']).toMatch(/cloister_refusals_total\{source="identity",verdict="not-allowed"\} [1-9]/u);
  const leaks = Object.entries(told).flatMap(([where, text]) =>
    Object.entries(secrets).flatMap(([name, secret]) => (secret.length < 8 || text.includes(secret) ? [`${name} in ${where}`] : [])),
  );
  expect(leaks).toEqual([]);
  // Nobody needs a key to read these.
  for (const name of [demo.bucket, 'train.csv', 'anns-bucket', 'impossible']) expect(told['metrics']).not.toContain(name);
});

it('logs lines of JSON with the keys that programs may read', () => {
  const lines = logged.split('\n').filter((line) => line !== '');
  const keys = new Set(['time', 'level', 'message', 'requestId', 'operation', 'job', 'jobs', 'host', 'reconciler', 'subject', 'path', 'blobId']);
  for (const key of ['durationMs', 'reason', 'error']) keys.add(key);
  for (const line of lines) {
    const entry = JSON.parse(line) as Record<string, unknown>;
    expect(Object.keys(entry).filter((key) => !keys.has(key))).toEqual([]);
    expect(['info', 'warning', 'error']).toContain(entry['level']);
  }
});

const metric = (page: string, name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'mu').exec(page)?.[1]);

it('measures what the jobs did', async () => {
  const page = await open('/metrics');
  expect(metric(page, 'cloister_training_jobs\\{status="Completed"\\}')).toBe(1);
  expect(metric(page, 'cloister_training_jobs\\{status="Failed"\\}')).toBe(2);
  expect(metric(page, 'cloister_vpcs')).toBe(1);
  expect(metric(page, 'cloister_network_interfaces')).toBe(0);
  expect(metric(page, 'cloister_vpc_endpoints')).toBe(1);
  expect(metric(page, 'cloister_s3_received_bytes_total')).toBeGreaterThan(readFileSync(demo.trainRows).length);
  // Three jobs downloaded it.
  expect(metric(page, 'cloister_s3_sent_bytes_total')).toBeGreaterThan(3 * readFileSync(demo.trainRows).length);
  expect(metric(page, 'cloister_reconciler_runs_total\\{reconciler="vpc-network"\\}')).toBeGreaterThan(3);
  expect(metric(page, 'cloister_data_worker_up\\{worker="0"\\}')).toBe(1);
  expect(metric(page, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
});
