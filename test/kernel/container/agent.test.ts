import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { LocalPlacement } from '../../../src/drivers/placement/local/local-placement.ts';
import { AgentLost, type InstanceSpec } from '../../../src/drivers/placement/placement-driver.ts';
import type { AgentOrder } from '../../../src/model/job/agent-orders.ts';
import { systemRandom } from '../../../src/stdx/random.ts';
import { vpcForTests, type TestVpc } from './vpc.ts';

const uidBase = 3_300_000;
let vpc: TestVpc;
let placement: LocalPlacement;

beforeAll(async () => {
  vpc = await vpcForTests();
  placement = new LocalPlacement({ root: join(vpc.folder, 'instances'), random: systemRandom, agentOrphanMs: 4_000, agentPingMs: 250 });
}, 60_000);

afterEach(async () => {
  await placement.purge();
});

afterAll(() => vpc.dispose());

const spec = (name: string, change: Partial<InstanceSpec> = {}): InstanceSpec => ({
  instanceId: `${name}.algo-1`,
  region: 'us-east-1',
  directory: join(vpc.folder, 'instances', name),
  uidBase,
  volumeBytes: 64 << 20,
  networkNamespacePath: vpc.namespacePath,
  nameServers: ['10.9.0.2'],
  certificateAuthorities: vpc.certificateAuthorities,
  configuration: { 'resourceconfig.json': '{}' },
  hosts: '127.0.0.1 localhost\n',
  resolvConf: 'nameserver 10.9.0.2\n',
  ...change,
});

const credentials = async () => ({ accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T', expiration: '2099-01-01T00:00:00Z' });
const never = new AbortController().signal;
const download = (orderId: string, bucket = 'data'): AgentOrder => ({
  kind: 'download',
  orderId,
  channels: [{ channelName: 'train', dataType: 'S3Prefix', bucket, prefix: 'set/', shard: { index: 0, count: 1 } }],
});
const upload: AgentOrder = {
  kind: 'upload',
  orderId: 'up',
  archives: [{ directory: 'model', compressionType: 'GZIP', bucket: 'out', key: 'model.tar.gz' }],
};

/** Pid on the host of the agent of an instance. */
const agentPid = (instance: InstanceSpec): number =>
  (JSON.parse(readFileSync(join(instance.directory, 'agent.json'), 'utf8')) as { process: { pid: number } }).process.pid;

async function start(instance: InstanceSpec) {
  await placement.prepare(instance);
  return placement.startAgent(instance, credentials);
}

it("brings data in and takes private files of the container's users out, over TLS and the VPC's resolver", async () => {
  await vpc.put('data/set/a.csv', '1,2');
  const instance = spec('moves');
  const session = await start(instance);
  expect(await session.order(download('down'), never)).toEqual({ orderId: 'down', ok: true, objects: 1, bytes: 3 });
  expect(readFileSync(join(instance.directory, 'volume/ml/input/data/train/a.csv'), 'utf8')).toBe('1,2');
  const weights = join(instance.directory, 'volume/ml/model/weights');
  writeFileSync(weights, 'private', { mode: 0o600 });
  chownSync(weights, uidBase + 1_000, uidBase + 1_000);
  expect(await session.order(upload, never)).toMatchObject({ ok: true, objects: 1 });
  const archive = await vpc.get('out/model.tar.gz');
  expect(execFileSync('tar', ['-xzO', 'weights'], { input: archive }).toString()).toBe('private');
});

it("runs as a user of the instance's range, with one capability, behind no new privileges", async () => {
  const instance = spec('user');
  await start(instance);
  const status = readFileSync(`/proc/${agentPid(instance)}/status`, 'utf8');
  expect(status).toMatch(new RegExp(`^Uid:\\s+${uidBase}\\s+${uidBase}\\s+${uidBase}\\s+${uidBase}$`, 'm'));
  expect(status).toMatch(new RegExp(`^Gid:\\s+${uidBase}\\s+${uidBase}`, 'm'));
  expect(status).toMatch(/^Groups:\s*$/m);
  // CAP_DAC_READ_SEARCH, in its own user namespace.
  for (const set of ['CapPrm', 'CapEff', 'CapBnd']) expect(status).toMatch(new RegExp(`^${set}:\\s+0000000000000004$`, 'm'));
  expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
  expect(
    readFileSync(`/proc/${agentPid(instance)}/uid_map`, 'utf8')
      .trim()
      .split(/\s+/),
  ).toEqual(['0', String(uidBase), '65536']);
  for (const kind of ['user', 'mnt', 'pid', 'ipc', 'uts', 'net']) {
    expect(execFileSync('readlink', [`/proc/${agentPid(instance)}/ns/${kind}`]).toString()).not.toBe(
      execFileSync('readlink', [`/proc/self/ns/${kind}`]).toString(),
    );
  }
});

it('sees nothing of the host but what it needs, and only the interfaces of its ENI', async () => {
  const instance = spec('view');
  await start(instance);
  const pid = agentPid(instance);
  const secret = join(vpc.folder, 'secret');
  writeFileSync(secret, 'of the host', { mode: 0o600 });
  const probe = `
    const fs = require('node:fs');
    const attempt = (path) => { try { return fs.readFileSync(path, 'utf8') } catch (error) { return error.code } };
    const write = (path) => { try { fs.writeFileSync(path, ''); return 'written' } catch (error) { return error.code } };
    console.log(JSON.stringify({
      root: fs.readdirSync('/'), secret: attempt(${JSON.stringify(secret)}), shadow: attempt('/etc/shadow'), etc: fs.readdirSync('/etc'),
      processes: fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)), interfaces: fs.readFileSync('/proc/self/net/dev', 'utf8').match(/\\w+(?=:)/g),
      tree: write('/cloister/code/x'), top: write('/x'), ml: fs.readdirSync('/ml'), initRoot: attempt('/proc/1/root/etc/shadow'),
    }))`;
  // The same user, capabilities and namespaces as the agent's.
  const enter = [
    '-t',
    String(pid),
    '-m',
    '-p',
    '-n',
    '-U',
    '-i',
    '/usr/bin/setpriv',
    '--bounding-set=-all,+dac_read_search',
    '/usr/bin/node',
    '-e',
    probe,
  ];
  const seen = JSON.parse(execFileSync('nsenter', enter).toString()) as Record<string, string[] | string>;
  expect(seen).toMatchObject({ secret: 'ENOENT', shadow: 'ENOENT', initRoot: 'ENOENT', tree: 'EROFS', top: 'EACCES' });
  expect((seen['root'] as string[]).filter((name) => !['lib', 'lib64', 'usr'].includes(name)).sort()).toEqual([
    'cloister',
    'dev',
    'etc',
    'lists',
    'ml',
    'peers',
    'proc',
    'socket',
    'tmp',
  ]);
  expect((seen['etc'] as string[]).sort()).toEqual(['ca.pem', 'hosts', 'resolv.conf']);
  expect((seen['processes'] as string[]).length).toBeLessThanOrEqual(3);
  expect((seen['interfaces'] as string[]).sort()).toEqual(['eth0', 'lo', 'peer0']);
});

it('cannot read a private file of the host that a link in the tree names', async () => {
  const instance = spec('link');
  const session = await start(instance);
  const secret = join(instance.directory, 'volume/ml/model/host-file');
  writeFileSync(secret, 'of the host', { mode: 0o600 });
  expect(await session.order(upload, never)).toMatchObject({ ok: false, observation: { kind: 'local-files', code: 'EACCES' } });
  rmSync(secret);
  symlinkSync('/etc/shadow', secret);
  mkdirSync(join(instance.directory, 'volume/ml/output/failure.d'));
  symlinkSync('/etc/shadow', join(instance.directory, 'volume/ml/output/failure'));
  expect(await session.order({ kind: 'read', orderId: 'r', file: 'output/failure', charactersMax: 100 }, never)).toEqual({
    orderId: 'r',
    ok: true,
    objects: 0,
    bytes: 0,
  });
});

it('reads the beginning of the failure that the container left', async () => {
  const instance = spec('failure');
  const session = await start(instance);
  writeFileSync(join(instance.directory, 'volume/ml/output/failure'), 'ä'.repeat(2_000));
  const result = await session.order({ kind: 'read', orderId: 'r', file: 'output/failure', charactersMax: 1_024 }, never);
  expect(result).toMatchObject({ ok: true, text: 'ä'.repeat(1_024) });
});

it('tells what it saw, not why', async () => {
  const session = await start(spec('observations'));
  expect(await session.order(download('no-answer', 'nowhere'), never)).toMatchObject({
    ok: false,
    observation: { kind: 'no-answer', host: 'nowhere.s3.us-east-1.amazonaws.com', address: '10.9.0.99', port: 443 },
  });
  expect(await session.order(download('empty', 'empty'), never)).toMatchObject({ ok: false, observation: { kind: 'no-objects' } });
  await session.stop();
  const deaf = await start(spec('deaf', { nameServers: ['10.9.0.77'] }));
  expect(await deaf.order(download('lookup'), never)).toMatchObject({
    ok: false,
    observation: { kind: 'lookup-failed', address: '10.9.0.77', port: 53 },
  });
  const distrustful = await start(spec('distrustful', { certificateAuthorities: '' }));
  expect(await distrustful.order(download('tls'), never)).toMatchObject({ ok: false, observation: { kind: 'tls-failed', address: '198.18.0.1' } });
});

it('says so when the daemon has no credentials for it', async () => {
  const instance = spec('poor');
  await placement.prepare(instance);
  const session = await placement.startAgent(instance, async () => {
    throw new Error('the role cannot be assumed');
  });
  expect(await session.order(download('down'), never)).toMatchObject({
    ok: false,
    observation: { kind: 'no-credentials', message: 'the role cannot be assumed' },
  });
});

it('is lost when it is killed; the same order to a new one works', async () => {
  await vpc.put('data/set/a.csv', '1,2');
  await vpc.delay(1_000);
  const instance = spec('killed');
  const session = await start(instance);
  const order = session.order(download('down'), never);
  const killed = agentPid(instance);
  process.kill(killed, 'SIGKILL');
  await expect(order).rejects.toBeInstanceOf(AgentLost);
  const next = await placement.startAgent(instance, credentials);
  await vpc.delay(0);
  expect(agentPid(instance)).not.toBe(killed);
  expect(await next.order(download('down'), never)).toMatchObject({ ok: true, objects: 1 });
});

it('is lost when it hangs; the same order to a new one works, and of the old one nothing is left', async () => {
  await vpc.put('data/set/a.csv', '1,2');
  await vpc.delay(1_000);
  const instance = spec('hangs');
  const session = await start(instance);
  const order = session.order(download('down'), never);
  const hanging = agentPid(instance);
  process.kill(hanging, 'SIGSTOP');
  await expect(order).rejects.toBeInstanceOf(AgentLost);
  const next = await placement.startAgent(instance, credentials);
  await vpc.delay(0);
  expect(existsSync(`/proc/${hanging}`)).toBe(false);
  expect(await next.order(download('down'), never)).toMatchObject({ ok: true, objects: 1 });
});

it('is not lost while it works longer than it is waited for', async () => {
  await vpc.put('data/set/a.csv', '1,2');
  await vpc.delay(3_000);
  const session = await start(spec('slow'));
  expect(await session.order(download('down'), never)).toMatchObject({ ok: true, objects: 1 });
  await vpc.delay(0);
});

it('carries out again what failed, and not what is done', async () => {
  const session = await start(spec('again'));
  await vpc.delay(0);
  expect(await session.order(download('down', 'later'), never)).toMatchObject({ ok: false });
  await vpc.put('later/set/a.csv', '1,2');
  expect(await session.order(download('down', 'later'), never)).toMatchObject({ ok: true, objects: 1 });
  await vpc.put('later/set/b.csv', '1,2');
  expect(await session.order(download('down', 'later'), never)).toMatchObject({ ok: true, objects: 1 });
});

it('can be told to give up an order, and to take it up again', async () => {
  await vpc.put('data/set/a.csv', '1,2');
  await vpc.delay(500);
  const session = await start(spec('cancelled'));
  const stopped = new AbortController();
  const order = session.order(download('down'), stopped.signal);
  stopped.abort(new Error('stopped by the user'));
  await expect(order).rejects.toThrow('stopped by the user');
  expect(await session.order(download('down'), never)).toMatchObject({ ok: true });
  await vpc.delay(0);
});

it('waits for the next daemon, which adopts it, and ends when none comes', async () => {
  await vpc.put('data/set/a.csv', '1,2');
  const instance = spec('adopted');
  await start(instance);
  const pid = agentPid(instance);
  placement.detach();
  const next = new LocalPlacement({ root: join(vpc.folder, 'instances'), random: systemRandom, agentOrphanMs: 4_000 });
  const session = await next.startAgent(instance, credentials);
  expect(agentPid(instance)).toBe(pid);
  expect(await session.order(download('down'), never)).toMatchObject({ ok: true });
  next.detach();
  await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000, interval: 500 }).toBe(false);
});

it('is started once however often it is asked for', async () => {
  const instance = spec('once');
  await start(instance);
  const pid = agentPid(instance);
  await start(instance);
  expect(agentPid(instance)).toBe(pid);
});

it('leaves nothing behind: no process, no directory, no socket', async () => {
  const kept = spec('kept');
  const gone = spec('gone');
  await start(kept);
  await start(gone);
  const pids = [kept, gone].map(agentPid);
  await placement.release(gone.instanceId, gone.directory);
  await placement.release(gone.instanceId, gone.directory);
  expect(existsSync(gone.directory)).toBe(false);
  // Its memory is lost: only processes and directories tell what there is.
  rmSync(join(kept.directory, 'agent.json'));
  placement.detach();
  const purged = await new LocalPlacement({ root: join(vpc.folder, 'instances'), random: systemRandom }).purge();
  expect(purged).toContain(`agent ${pids[0]}`);
  expect(readdirSync(join(vpc.folder, 'instances'))).toEqual([]);
  for (const pid of pids) expect(existsSync(`/proc/${pid}`)).toBe(false);
});

it('has what it needs on this machine', async () => {
  expect((await placement.capabilities()).filter(({ ok }) => !ok)).toEqual([]);
});
