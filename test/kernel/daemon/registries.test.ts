import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { basicAuth, ImageRegistry, password, user } from '../../fixtures/image-registry.ts';
import { bodyOf, DaemonLab, sendFromHost, type Network } from './lab.ts';

/** A program that needs nothing but the kernel, on every machine with glibc. */
const staticProgram = '/sbin/ldconfig';

let registry: ImageRegistry;
let folder: string;
let authFile: string;
let lab: DaemonLab;
let network: Network;

beforeAll(async () => {
  registry = await ImageRegistry.open();
  for (const name of ['team/says-version:1', 'team/other:1']) registry.put(name, staticProgram, ['/bin/say', '--version']);
  folder = mkdtempSync(join(tmpdir(), 'cloister-registry-'));
  authFile = join(folder, 'auth.json');
  writeFileSync(authFile, JSON.stringify({ auths: { [registry.host]: { auth: basicAuth } } }));
  const mapped = `123456789012.dkr.ecr.*=${registry.host}/team/says-version:1`;
  lab = await DaemonLab.open('in this process', ['--registry', `http://${registry.host}`, '--registry-auth', authFile, '--map-image', mapped]);
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
});
afterAll(async () => {
  await lab?.close();
  await registry?.close();
  rmSync(folder, { recursive: true, force: true });
});

function jobOf(name: string, image: string) {
  const { InputDataConfig: _data, ...job } = demo.trainingJob(name, network);
  return { ...job, AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' as const } };
}

async function operator(method: string, path: string): Promise<Record<string, unknown>> {
  const answer = await sendFromHost(lab.onHost(await lab.signed('cloister', { method, path: `/_cloister/${path}`, headers: {}, body: '' })));
  if (answer.status !== 200) throw new Error(answer.text);
  return JSON.parse(bodyOf(answer.text)) as Record<string, unknown>;
}

async function pulled(name: string): Promise<Record<string, unknown>> {
  let work = await operator('POST', `images/pull?${new URLSearchParams({ name }).toString()}`);
  while (work['state'] === 'running') work = await operator('GET', `images/works/${String(work['workId'])}`);
  return work;
}

it("fetches a job's image with the operator's credentials, and once for all jobs of it", async () => {
  const image = `${registry.host}/team/says-version:1`;
  const ecr = '123456789012.dkr.ecr.us-east-1.amazonaws.com/says-version';
  const jobs = await Promise.all([lab.runJob(jobOf('pulled', image)), lab.runJob(jobOf('mapped', ecr))]);
  for (const job of jobs) {
    expect([job.TrainingJobStatus, job.FailureReason]).toEqual(['Completed', undefined]);
    expect(job.SecondaryStatusTransitions?.map(({ StatusMessage }) => StatusMessage)).toContain(
      `Downloading input data. Downloading the training image ${image}.`,
    );
  }
  expect((await lab.logLines('pulled'))[0]).toMatch(/^ldconfig /u);
  const count = registry.served.length;
  expect(registry.served.filter((url) => url === '/v2/team/says-version/manifests/1')).toHaveLength(1);
  expect((await lab.runJob(jobOf('again', image))).TrainingJobStatus).toBe('Completed');
  expect(registry.served).toHaveLength(count);
});

it('tells nobody what is in the file of credentials', async () => {
  const audit = readFileSync(join(lab.dataDirectory, 'audit', 'audit.jsonl'), 'utf8');
  const job = JSON.stringify(await lab.describeJob('pulled'));
  for (const secret of [password, basicAuth, user]) for (const text of [audit, job]) expect(text).not.toContain(secret);
});

it("fails the job with AWS's sentence and the registry's words when there is no such image", async () => {
  const image = `${registry.host}/team/missing:1`;
  const job = await lab.runJob(jobOf('missing', image));
  expect(job.TrainingJobStatus).toBe('Failed');
  expect(job.FailureReason).toContain(`${demo.imageNotPulled} ${image} was not pulled: `);
  expect(job.FailureReason).toContain('team/missing has no 1');
  expect(job.TrainingStartTime).toBeDefined();
});

it('fails the job when the registry refuses the credentials, and takes new ones without a restart', async () => {
  const image = `${registry.host}/team/other:1`;
  const right = readFileSync(authFile);
  const wrong = Buffer.from(`${user}:guess`).toString('base64');
  writeFileSync(authFile, JSON.stringify({ auths: { [registry.host]: { auth: wrong } } }));
  const { refused } = registry;
  const job = await lab.runJob(jobOf('not-let-in', image));
  expect(job.FailureReason).toMatch(/was not pulled: .*unauthorized$/u);
  expect(registry.refused).toBeGreaterThan(refused);
  expect(await pulled(image)).toMatchObject({ state: 'failed', message: expect.stringContaining('unauthorized') as string });
  writeFileSync(authFile, right);
  expect(await pulled(image)).toMatchObject({ state: 'done' });
  expect(JSON.stringify(await operator('GET', 'images'))).toContain(image);
  expect((await lab.runJob(jobOf('let-in', image))).TrainingJobStatus).toBe('Completed');
});

it('asks no other registry, and not this one for names without a host', async () => {
  const { served, refused } = registry;
  const count = served.length;
  const other = registry.host.replace('127.0.0.1', 'localhost');
  for (const image of [`${other}/team/other:1`, 'team/never-pulled:1', 'docker.io/library/never-pulled']) {
    await expect(lab.createJob(jobOf('elsewhere', image))).rejects.toThrow(
      `Cannot find image: ${image}. Cloister runs images of its local store, and pulls only from registries that cloister up --registry HOST names`,
    );
    await expect(pulled(image)).rejects.toThrow('of no registry that this daemon may pull from');
  }
  expect([registry.served.length, registry.refused]).toEqual([count, refused]);
});
