import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ModifyVpcEndpointCommand } from '@aws-sdk/client-ec2';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src/drivers/process/process.ts';
import * as demo from '../../clients/demo-path.ts';
import { denyAmazonLinux, denyAmazonLinux2, everythingBut } from '../../fixtures/guide-policies.ts';
import { buildRpmRepository, contentOf, dnfInstall, type DnfOutcome } from '../../fixtures/rpm-repository.ts';
import { bodyOf, DaemonLab, inVpc, rawText, sendFrom, sendFromHost, type Network } from './lab.ts';

/** Packages of Amazon Linux, as the operator filled them in, installed by a real client through a gateway endpoint. */

let folder: string;
let lab: DaemonLab;
let network: Network;
let endpointId: string;
let namespace: string;
let directories: Readonly<Record<'amazonlinux' | 'packages' | 'repo', string>>;
const hostOf = (bucket: string): string => `${bucket}.us-east-1.amazonaws.com`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-repositories-'));
  const [amazonlinux, packages, repo] = await Promise.all(['two', 'one', 'main'].map(async (name) => await buildRpmRepository(folder, name)));
  directories = { amazonlinux: amazonlinux ?? '', packages: packages ?? '', repo: repo ?? '' };
  lab = await DaemonLab.open('as a process');
  network = await lab.makeNetwork();
  endpointId = await lab.makeS3Endpoint(network);
  await lab.makeDataAndRole();
  ({ namespace } = await lab.makeInterface(network));
});
afterAll(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function repo(...parameters: readonly string[]): Promise<string> {
  const program = [process.execPath, '--disable-warning=ExperimentalWarning', resolve('src/cli/main.ts')] as const;
  return await run([...program, 'repo', ...parameters, '--data', lab.dataDirectory]);
}

const install = async (bucket: string, packageName: string): Promise<DnfOutcome> =>
  await dnfInstall({ namespace, nameServer: '10.0.0.2', baseUrl: `http://${hostOf(bucket)}/2/core`, packageName, folder: join(folder, 'client') });

async function setEndpointPolicy(policy: object): Promise<void> {
  await lab.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: endpointId, PolicyDocument: JSON.stringify(policy) }));
}

const get = (host: string, path: string): string => rawText({ method: 'GET', path, headers: { host }, body: '' });

it('fills a repository from a directory, and again what changed', async () => {
  for (const [bucket, directory] of Object.entries(directories)) {
    const said = await repo('import', directory, '--bucket', bucket, '--prefix', '2/core');
    expect(said).toMatch(/ [4-9]\d* new, 0 changed, 0 unchanged, 0 removed/u);
  }
  expect(await repo('import', directories.repo, '--bucket', 'repo', '--prefix', '/2/core/')).toContain(' 0 new, 0 changed,');
  const extra = join(folder, 'extra');
  await buildRpmRepository(folder, 'extra');
  for (const [name, content] of [
    ['a +(1)é', 'x'],
    ['kept', 'y'],
  ] as const)
    writeFileSync(join(extra, name), content);
  expect(await repo('import', extra, '--bucket', 'al2023')).toContain(' 0 removed');
  writeFileSync(join(extra, 'kept'), 'Y');
  rmSync(join(extra, 'a +(1)é'));
  expect(await repo('import', extra, '--bucket', 'al2023', '--delete')).toMatch(/ 0 new, 1 changed, [4-9]\d* unchanged, 1 removed/u);
  expect(await repo('list')).toMatch(/amazonlinux +[4-9]/u);
});

it('lets dnf install through the endpoint with the default policy', async () => {
  for (const [bucket, packageName] of [
    ['amazonlinux', 'two'],
    ['packages', 'one'],
    ['repo', 'main'],
  ] as const) {
    const outcome = await install(bucket, packageName);
    expect([outcome.ok, outcome.installed, outcome.output]).toEqual([true, contentOf(packageName), expect.stringContaining(packageName)]);
  }
});

it("refuses dnf after the guide's statements, and serves the customer's bucket all the same", async () => {
  const own = await lab.signed('s3', { method: 'GET', path: `/${demo.bucket}/train/train.csv`, headers: {}, body: '' });
  const cases = [
    { policy: everythingBut(denyAmazonLinux), refused: ['packages', 'repo'], served: 'amazonlinux', packageName: 'two' },
    { policy: everythingBut(denyAmazonLinux2), refused: ['amazonlinux'], served: 'packages', packageName: 'one' },
  ] as const;
  for (const { policy, refused, served, packageName } of cases) {
    await setEndpointPolicy(policy);
    for (const bucket of refused) {
      const outcome = await install(bucket, 'one');
      expect([outcome.ok, outcome.installed, outcome.output]).toEqual([false, undefined, expect.stringContaining('Status code: 403')]);
    }
    expect((await install(served, packageName)).installed).toBe(contentOf(packageName));
    const [answer] = await sendFrom(namespace, [inVpc(own)]);
    expect([answer?.status, bodyOf(answer?.text ?? '')]).toEqual([200, expect.stringContaining('1,17.99')]);
  }
  await setEndpointPolicy(everythingBut());
});

it('lets the anonymous read, and neither list nor write; nobody of the account writes or has them', async () => {
  const host = hostOf('amazonlinux');
  const repomd = '/2/core/repodata/repomd.xml?instance_id=timeout&region=us-east-1';
  const [read, none, listed, written, headed] = await sendFrom(
    namespace,
    [
      get(host, repomd),
      get(host, '/2/core/none'),
      get(host, '/'),
      rawText({ method: 'PUT', path: '/2/core/new', headers: { host }, body: 'x' }),
      rawText({ method: 'HEAD', path: repomd, headers: { host }, body: '' }),
    ].map(inVpc),
  );
  expect([read?.status, none?.status, listed?.status, written?.status, headed?.status]).toEqual([200, 403, 403, 403, 200]);
  expect(bodyOf(read?.text ?? '')).toContain('<repomd');
  expect(none?.text).toContain('<Code>AccessDenied</Code><Message>Access Denied</Message>');
  const { Buckets } = await lab.s3.send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name)).toEqual([demo.bucket]);
  // Not even the root user.
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  const changes = [
    { method: 'PUT', path: `/${host}/2/core/new`, body: 'x' },
    { method: 'DELETE', path: `/${host}/2/core/repodata/repomd.xml`, body: '' },
    { method: 'PUT', path: `/${host}?policy`, body: policy },
    { method: 'DELETE', path: `/${host}`, body: '' },
    { method: 'GET', path: `/${host}?list-type=2`, body: '' },
  ];
  for (const change of changes) {
    const answer = await sendFromHost(lab.onHost(await lab.signed('s3', { ...change, headers: {} })));
    expect([change.path, answer.status, answer.text]).toEqual([change.path, 403, expect.stringContaining('<Code>AccessDenied</Code>')]);
  }
  const created = await sendFromHost(lab.onHost(await lab.signed('s3', { method: 'PUT', path: `/${host}`, headers: {}, body: '' })));
  expect([created.status, created.text]).toEqual([409, expect.stringContaining('<Code>BucketAlreadyExists</Code>')]);
});

it("keeps the operator's path from everybody else", async () => {
  const path = '/_cloister/repositories/amazonlinux/planted';
  const signed = await lab.signed('s3', { method: 'PUT', path, headers: {}, body: 'x' });
  const unsigned = rawText({ method: 'PUT', path, headers: {}, body: 'x' });
  // Inside a VPC it is a key of a bucket that is not there.
  const [inside] = await sendFrom(namespace, [inVpc(signed)]);
  expect([inside?.status, inside?.text]).toEqual([404, expect.stringContaining('NoSuchBucket')]);
  const onHost = await sendFromHost(lab.onHost(unsigned));
  expect([onHost.status, onHost.text]).toEqual([403, expect.stringContaining('AccessDenied')]);
  expect((await sendFromHost(lab.onHost(signed))).status).toBe(200);
  const unknown = await lab.signed('s3', { method: 'GET', path: '/', headers: { host: 'no.such.bucket.example' }, body: '' });
  const [answer] = await sendFrom(namespace, [inVpc(unknown)]);
  expect([answer?.status, answer?.text]).toEqual([404, expect.stringContaining('<BucketName>no.such.bucket.example</BucketName>')]);
  expect(readFileSync(join(lab.dataDirectory, 'audit', 'audit.jsonl'), 'utf8')).toContain('"principal":"amazonlinux.amazonaws.com"');
});
