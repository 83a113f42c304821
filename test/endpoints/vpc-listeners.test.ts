import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readlinkSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { CertificateAuthority } from '../../src/drivers/certificates/certificate-authority.ts';
import { DataPlane } from '../../src/endpoints/data-plane.ts';
import type { JobCredentials } from '../../src/endpoints/job-credentials.ts';
import { hostCertificateNames, s3CertificateNames } from '../../src/endpoints/s3-host-names.ts';
import { RefusedNamesRecord } from '../../src/endpoints/refused-names.ts';
import { VpcListeners, type VpcListenersWanted } from '../../src/endpoints/vpc-listeners.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { FakeGateway, until } from './fake-gateway.ts';
import { removeStaleNamespaces, TestNamespace } from './namespaces.ts';

const region = 'us-east-1';
const s3 = 's3.us-east-1.amazonaws.com';
const credentialsId = 'c0ffee00-0000-4000-8000-000000000001';
let directory: string;
let authority: CertificateAuthority;
let router: TestNamespace;
let endpoint: TestNamespace;
let job: TestNamespace;
let gateway: FakeGateway;
let plane: DataPlane;
let listeners: VpcListeners;
let refusedNames: RefusedNamesRecord;
let worker: Worker | undefined;
let reports: string[];

beforeAll(async () => {
  await removeStaleNamespaces();
  directory = mkdtempSync(join(tmpdir(), 'cloister-vpc-listeners-'));
  const groups = [s3CertificateNames(region), hostCertificateNames];
  authority = await CertificateAuthority.open({ directory: join(directory, 'tls'), groups, clock: systemClock });
  router = await TestNamespace.make('r', ['10.0.0.2', '169.254.169.253', '10.0.1.4']);
  endpoint = await TestNamespace.make('e', ['198.18.0.0/24', '10.0.1.4']);
  job = await TestNamespace.make('j', ['169.254.170.2']);
});
afterAll(async () => {
  for (const namespace of [router, endpoint, job]) await namespace.remove();
  rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => {
  gateway = new FakeGateway(directory);
  reports = [];
  process.once('worker', (started) => (worker = started));
  plane = new DataPlane({ handler: gateway, blobDirectory: directory, certificates: authority, report: (text) => reports.push(text) });
  refusedNames = new RefusedNamesRecord(() => undefined);
  listeners = new VpcListeners({
    dataPlane: plane,
    region,
    namespacePath: ({ kind }) => (kind === 'vpc' ? router : kind === 'gateway-endpoint' ? endpoint : job).path,
    findJobCredentials: async (networkInterfaceId, id) => (networkInterfaceId === 'eni-1' && id === credentialsId ? jobCredentials : undefined),
    noteUnanswered: (vpcId, questions) => refusedNames.note(vpcId, questions),
  });
});
afterEach(async () => plane.stop());

const jobCredentials: JobCredentials = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  expiration: new Date('2030-01-02T03:04:05.678Z'),
  roleArn: 'arn:aws:iam::123456789012:role/job',
};
const nothing: VpcListenersWanted = {
  number: 1,
  vpcId: 'vpc-1',
  cidrBlock: '10.0.0.0/16',
  enableDnsSupport: false,
  privateAddresses: [],
  names: {},
  gatewayEndpoints: [],
  interfaceEndpoints: [],
  credentialInterfaces: [],
};
const withEndpoint: VpcListenersWanted = { ...nothing, gatewayEndpoints: [{ number: 1, vpcEndpointId: 'vpce-1', service: 's3' }] };
const withResolver: VpcListenersWanted = { ...nothing, enableDnsSupport: true, privateAddresses: ['10.0.1.4'] };
const curl = (namespace: TestNamespace, ...more: string[]): Promise<string> => namespace.run('curl', '-sS', '--max-time', '10', ...more);
const dig = async (...more: string[]): Promise<string> => (await router.run('dig', '+time=2', '+tries=1', ...more)).trim();

it('answers S3 inside the namespace of an endpoint, with its arrival, and nowhere else', async () => {
  const before = readlinkSync('/proc/thread-self/ns/net');
  await listeners.ensure(withEndpoint);
  const answer = JSON.parse(await curl(endpoint, '--interface', '10.0.1.4', '--resolve', `${s3}:80:198.18.0.10`, `http://${s3}/bucket/key`));
  expect(answer.arrival).toEqual({ kind: 'endpoint', service: 's3', vpcEndpointId: 'vpce-1', vpcId: 'vpc-1', sourceIp: '10.0.1.4', secure: false });
  await curl(endpoint, 'http://198.18.0.77/bucket/key');
  await expect(curl(job, 'http://127.0.0.1/')).rejects.toThrow('Failed to connect');
  const onHost = connect(80, '127.0.0.1');
  const outcome = await new Promise((resolve) => {
    onHost.on('error', () => resolve('refused'));
    onHost.on('connect', () => resolve('connected'));
  });
  onHost.destroy();
  expect(outcome).toBe('refused');
  expect(readlinkSync('/proc/thread-self/ns/net')).toBe(before);
});

it('proves S3 names by TLS, and only one label below a wildcard', async () => {
  await listeners.ensure(withEndpoint);
  const trust = ['--cacert', authority.certificatePath];
  for (const name of [s3, `bucket.${s3}`, 's3.amazonaws.com', 'bucket.s3.dualstack.us-east-1.amazonaws.com', 'repo.us-east-1.amazonaws.com']) {
    const answer = JSON.parse(await curl(endpoint, ...trust, '--resolve', `${name}:443:198.18.0.10`, `https://${name}/k`));
    expect(answer.arrival.secure).toBe(true);
  }
  const dotted = `a.b.${s3}`;
  await expect(curl(endpoint, ...trust, '--resolve', `${dotted}:443:198.18.0.10`, `https://${dotted}/k`)).rejects.toThrow('SSL');
  await expect(curl(endpoint, '--resolve', `${s3}:443:198.18.0.10`, `https://${s3}/k`)).rejects.toThrow('SSL');
  const shown = await endpoint.run(
    'openssl',
    's_client',
    '-connect',
    '198.18.0.10:443',
    '-servername',
    `bucket.${s3}`,
    '-CAfile',
    authority.certificatePath,
    '-verify_return_error',
    '-verify_hostname',
    `bucket.${s3}`,
  );
  expect(shown).toContain('Verify return code: 0 (ok)');
});

it('carries 64 MiB in and out through an endpoint, by TLS', async () => {
  await listeners.ensure(withEndpoint);
  const sent = randomBytes(64 << 20);
  const [from, to] = [join(directory, 'sent'), join(directory, 'got')];
  writeFileSync(from, sent);
  const where = ['--cacert', authority.certificatePath, '--resolve', `${s3}:443:198.18.0.10`, `https://${s3}/bucket/big`];
  gateway.plans = { expectedChecksums: { sha256: createHash('sha256').update(sent).digest('base64') } };
  expect(JSON.parse(await curl(endpoint, '-T', from, ...where))).toMatchObject({ size: sent.length });
  await curl(endpoint, '-o', to, ...where);
  expect(readFileSync(to).equals(sent)).toBe(true);
});

it('opens what is missing, closes what is gone, and leaves the rest', async () => {
  await listeners.ensure(withEndpoint);
  await listeners.ensure(withEndpoint);
  expect(plane.list().map(({ port }) => port)).toEqual([80, 443]);
  await listeners.ensure({ ...withResolver, vpcId: 'vpc-2' });
  expect(plane.list().length).toBe(3);
  await listeners.ensure(nothing);
  expect(plane.list().length).toBe(1);
  await expect(curl(endpoint, 'http://198.18.0.10/')).rejects.toThrow('Failed to connect');
  await listeners.keepOnly([]);
  expect(plane.list()).toEqual([]);
  await listeners.ensure(withEndpoint);
  await curl(endpoint, 'http://198.18.0.10/');
});

it('says what it could not open, and opens the rest', async () => {
  const gone: VpcListenersWanted = { ...withResolver, credentialInterfaces: [{ number: 1, networkInterfaceId: 'eni-1' }] };
  const blocker = await plane.open({
    id: 'other',
    arrival: { kind: 'host' },
    namespacePath: job.path,
    address: '169.254.170.2',
    port: 80,
    protocols: 'http',
  });
  expect(blocker.port).toBe(80);
  await expect(listeners.ensure(gone)).rejects.toThrow('EADDRINUSE');
  expect(await dig('+short', '@10.0.0.2', s3)).toBe('198.18.0.10');
  await plane.close('other');
  await listeners.ensure(gone);
  await curl(job, 'http://169.254.170.2/');
});

it('resolves names by UDP and TCP at both addresses, from the address that was asked', async () => {
  await listeners.ensure(withResolver);
  for (const server of ['@10.0.0.2', '@169.254.169.253']) {
    for (const protocol of ['+notcp', '+tcp']) {
      expect(await dig(server, protocol, '+short', `bucket.${s3}`)).toBe('198.18.0.10');
      expect(await dig(server, protocol, '+short', 'ip-10-0-1-4.ec2.internal')).toBe('10.0.1.4');
      expect(await dig(server, protocol, s3, 'AAAA')).toMatch(/status: NOERROR[^]*ANSWER: 0/);
      expect(await dig(server, protocol, 'example.com')).toContain('status: NXDOMAIN');
    }
    expect(await dig(server, '+short', '-x', '10.0.1.4')).toBe('ip-10-0-1-4.ec2.internal.');
  }
  await until(() => refusedNames.ofVpc('vpc-1').count === 4);
  expect(refusedNames.ofVpc('vpc-1').names).toEqual([{ name: 'example.com', type: 'A', count: 4 }]);
});

it('cuts an answer that is too long for UDP, whole by TCP, and keeps the letters of the question', async () => {
  const addresses = Array.from({ length: 60 }, (_, index) => `10.0.1.${index}`);
  await listeners.ensure({ ...withResolver, names: { 'many.example.org': addresses } });
  const count = (text: string): number => text.split('\n').filter((line) => addresses.includes(line)).length;
  const cut = await dig('@10.0.0.2', '+noedns', '+ignore', 'mAnY.eXample.org');
  expect(cut).toMatch(/flags: qr aa tc rd ra;[^]*ANSWER: 0[^]*;mAnY\.eXample\.org\./u);
  expect(count(await dig('@10.0.0.2', '+noedns', '+short', 'many.example.org'))).toBe(60);
  expect(count(await dig('@10.0.0.2', '+notcp', '+ignore', '+bufsize=1232', '+short', 'many.example.org'))).toBe(60);
  expect(count(await dig('@10.0.0.2', '+ignore', '+bufsize=600', '+short', 'many.example.org'))).toBe(0);
});

it('knows every name of S3, to the last form', async () => {
  await listeners.ensure(withResolver);
  const names = [s3, 's3-us-east-1.amazonaws.com', 's3.amazonaws.com', 's3-external-1.amazonaws.com', 's3.dualstack.us-east-1.amazonaws.com'];
  const repositories = ['packages', 'repo', 'amazonlinux'].map((name) => `${name}.us-east-1.amazonaws.com`);
  const asked = [...names.flatMap((name) => [name, `bucket.${name}`, `with.dots.${name}`]), ...repositories];
  const found = await dig('@10.0.0.2', '+short', ...asked.flatMap((name) => [name, 'A']));
  expect(found.split('\n')).toEqual(asked.map(() => '198.18.0.10'));
  expect(await dig('@10.0.0.2', 'us-east-1.amazonaws.com')).toMatch(/status: NOERROR[^]*ANSWER: 0/u);
});

it('follows changes of the zone without closing the resolver', async () => {
  await listeners.ensure(withResolver);
  await listeners.ensure({ ...withResolver, privateAddresses: ['10.0.1.5'], names: { 'sts.us-east-1.amazonaws.com': ['10.0.1.9'] } });
  expect(await dig('@10.0.0.2', '+short', 'ip-10-0-1-5.ec2.internal')).toBe('10.0.1.5');
  expect(await dig('@10.0.0.2', '+short', 'ip-10-0-1-4.ec2.internal')).toBe('');
  expect(await dig('@10.0.0.2', '+short', 'sts.us-east-1.amazonaws.com')).toBe('10.0.1.9');
});

it('gives a job its credentials in its own namespace, under its own id', async () => {
  await listeners.ensure({ ...nothing, credentialInterfaces: [{ number: 1, networkInterfaceId: 'eni-1' }] });
  const url = `http://169.254.170.2/v2/credentials/${credentialsId}`;
  expect(JSON.parse(await curl(job, url))).toEqual({
    RoleArn: 'arn:aws:iam::123456789012:role/job',
    AccessKeyId: 'ASIAEXAMPLE',
    SecretAccessKey: 'secret',
    Token: 'token',
    Expiration: '2030-01-02T03:04:05Z',
  });
  expect(JSON.parse(await curl(job, `${url}0`))).toMatchObject({ code: 'InvalidIdInRequest' });
  expect(await curl(job, '-o', '/dev/null', '-w', '%{http_code}', '-X', 'POST', '-d', 'x', url)).toBe('405');
  await expect(curl(endpoint, url)).rejects.toThrow('curl');
  expect(gateway.heads).toEqual([]);
});

it('listens everywhere again after its worker died', async () => {
  await listeners.ensure({ ...withEndpoint, ...withResolver, gatewayEndpoints: withEndpoint.gatewayEndpoints });
  await worker?.terminate();
  await until(() =>
    curl(endpoint, 'http://198.18.0.10/').then(
      () => true,
      () => false,
    ),
  );
  expect(await dig('@10.0.0.2', '+short', s3)).toBe('198.18.0.10');
  expect(plane.list().length).toBe(3);
});

it('opens again in a namespace that was made anew', async () => {
  await listeners.ensure(withEndpoint);
  await endpoint.remove();
  endpoint = await TestNamespace.make('e', ['198.18.0.0/24', '10.0.1.4']);
  await expect(curl(endpoint, 'http://198.18.0.10/')).rejects.toThrow('Failed to connect');
  await listeners.ensure(withEndpoint);
  await curl(endpoint, 'http://198.18.0.10/');
  expect(plane.list().length).toBe(2);
});
