import { globSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ContainerSpec, LogLine } from '../../../src/drivers/container/container-driver.ts';
import { logFull } from '../../../src/drivers/container/podman/k8s-log.ts';
import { run } from '../../../src/drivers/process/process.ts';
import { namespaceForTests, podmanForTests } from './store.ts';

const uidBase = 3_000_000;
let store: Awaited<ReturnType<typeof podmanForTests>>;
let namespace: Awaited<ReturnType<typeof namespaceForTests>>;

beforeAll(async () => {
  store = await podmanForTests(['cloister/base']);
  namespace = await namespaceForTests();
}, 120_000);

afterAll(async () => {
  await store.dispose();
  await namespace.dispose();
});

const never = new AbortController().signal;
const spec = (name: string, script: string, change: Partial<ContainerSpec> = {}): ContainerSpec => ({
  name,
  labels: { job: name },
  image: 'cloister/base',
  entrypoint: ['/bin/sh', '-c'],
  arguments: [script],
  environment: { GREETING: 'hello there' },
  mounts: [],
  networkNamespacePath: namespace.path,
  hostname: 'algo-1',
  uidBase,
  logPath: join(store.folder, `${name}.log`),
  ...change,
});

async function runToEnd(container: ContainerSpec): Promise<{ exitCode: number; lines: LogLine[] }> {
  await store.driver.create(container);
  await store.driver.start(container.name);
  const exitCode = await store.driver.wait(container.name, never);
  return { exitCode, lines: await collect(store.driver.logs(container.name, 0, never)) };
}

async function collect(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const all: LogLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

const text = (lines: readonly LogLine[]): string => lines.map((line) => line.text).join('\n');

it('tells what a container that runs takes, and nothing of one that has ended', async () => {
  await store.driver.create(spec('busy', 'echo up; while :; do :; done'));
  expect(await store.driver.usage('busy')).toBeUndefined();
  await store.driver.start('busy');
  await vi.waitUntil(async () => ((await store.driver.usage('busy'))?.cpuSeconds ?? 0) > 0.1, { timeout: 20_000 });
  const usage = await store.driver.usage('busy');
  expect(usage?.memoryBytes).toBeGreaterThan(4_096);
  await store.driver.stop('busy', 0);
  await store.driver.wait('busy', never);
  await vi.waitUntil(async () => (await store.driver.usage('busy')) === undefined, { timeout: 20_000 });
});

it('keeps a part of what a container prints without end, from its first line on', async () => {
  const logBytesMax = 100_000;
  const endless = spec('endless', 'i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done', { logBytesMax });
  const { lines } = await runToEnd(endless);
  expect(lines.at(-1)?.text).toBe(logFull);
  const printed = lines.slice(0, -1).map((line) => line.text);
  expect(printed.length).toBeGreaterThan(500);
  expect(printed).toEqual(printed.map((_, index) => `line ${index}`));
  const names = readdirSync(store.folder).filter((name) => name.startsWith('endless.log'));
  for (const name of names) expect(statSync(join(store.folder, name)).size).toBeLessThanOrEqual(logBytesMax);
  expect(names.length).toBeLessThanOrEqual(3);
});

it.each(['none/such', '--help', '--all', 'A B', 'Capitals', ''])('has no image %j, and takes it for no option', async (image) => {
  expect(await store.driver.hasImage(image)).toBe(false);
});

it('runs a command and keeps its exit code, its output by stream and its times', async () => {
  const { exitCode, lines } = await runToEnd(spec('exit-code', 'echo "$GREETING"; echo trouble >&2; exit 17'));
  expect(exitCode).toBe(17);
  expect(lines.find(({ stream }) => stream === 'stdout')?.text).toBe('hello there');
  expect(lines.find(({ stream }) => stream === 'stderr')?.text).toBe('trouble');
  const state = await store.driver.inspect('exit-code');
  expect(state).toMatchObject({ status: 'exited', exitCode: 17, labels: { job: 'exit-code' } });
  expect(state?.finishedAt?.getTime()).toBeGreaterThanOrEqual(state?.startedAt?.getTime() ?? Infinity);
});

it('gives the container no power over the host', async () => {
  const probe = [
    'cat /proc/self/status',
    'cat /etc/resolv.conf /etc/hosts',
    'ls -A /sys/fs/cgroup',
    'env',
    `node -e "console.log('interfaces', Object.keys(os.networkInterfaces()).join())"`,
    'cat /proc/self/uid_map',
  ].join('; ');
  const { lines } = await runToEnd(spec('powerless', probe));
  const output = text(lines);
  expect(output).toMatch(/CapEff:\s+0000000000000000/);
  expect(output).toMatch(/CapBnd:\s+0000000000000000/);
  expect(output).toMatch(/NoNewPrivs:\s+1/);
  expect(output).toMatch(/Seccomp:\s+2/);
  expect(output).toMatch(/^\s+0\s+3000000\s+65536$/m);
  expect(output).toMatch(/^interfaces $/m);
  expect(output).not.toContain('host.containers.internal');
  expect(output).not.toMatch(/^memory$/m);
  expect(output).not.toMatch(/^nameserver/m);
});

it('shows mounts, read-only ones and writable ones, owned by the mapped user', async () => {
  const ml = join(store.folder, 'ml');
  const config = join(store.folder, 'config');
  for (const folder of [ml, config]) mkdirSync(folder);
  await chown(ml, uidBase, uidBase);
  writeFileSync(join(config, 'a.json'), '{}');
  const mounts = [
    { source: ml, target: '/opt/ml', readOnly: false },
    { source: config, target: '/opt/ml/input/config', readOnly: true },
  ];
  const script = 'cat /opt/ml/input/config/a.json; echo written > /opt/ml/model; exec 2>&1; echo x > /opt/ml/input/config/b';
  const { exitCode, lines } = await runToEnd(spec('mounts', script, { mounts }));
  expect(exitCode).not.toBe(0);
  expect(text(lines)).toMatch(/^\{\}/);
  expect(text(lines)).toMatch(/Read-only file system/);
  expect(readFileSync(join(ml, 'model'), 'utf8')).toBe('written\n');
  expect(Number((await run(['stat', '-c', '%u', join(ml, 'model')])).trim())).toBe(uidBase);
});

it('has no network at all when the namespace is "none"', async () => {
  const { lines } = await runToEnd(spec('isolated', 'cat /proc/net/route | wc -l', { networkNamespacePath: 'none' }));
  expect(text(lines).trim()).toBe('1');
});

it('can be told everything twice', async () => {
  const once = spec('twice', 'echo ran; sleep 0.2');
  await store.driver.create(once);
  await store.driver.create(once);
  await store.driver.start('twice');
  await store.driver.start('twice');
  await store.driver.create(once);
  expect(await store.driver.wait('twice', never)).toBe(0);
  // An ended container is not run once more, also not by a daemon that knows nothing of it.
  await store.driver.start('twice');
  expect(text(await collect(store.driver.logs('twice', 0, never)))).toBe('ran');
  await store.driver.stop('twice', 0);
  await store.driver.remove('twice');
  await store.driver.remove('twice');
  await store.driver.stop('twice', 0);
  expect(await store.driver.inspect('twice')).toBeUndefined();
});

it('makes a container anew when its spec changed before it started', async () => {
  await store.driver.create(spec('changed', 'echo one'));
  const { lines } = await runToEnd(spec('changed', 'echo two'));
  expect(text(lines)).toBe('two');
});

it('stops with SIGTERM and keeps the exit code the container chose', async () => {
  const polite = spec('polite', 'trap "echo stopping; exit 9" TERM; echo up; while :; do sleep 0.1; done');
  await store.driver.create(polite);
  await store.driver.start('polite');
  for await (const line of store.driver.logs('polite', 0, never)) if (line.text === 'up') break;
  await store.driver.stop('polite', 10_000);
  expect(await store.driver.wait('polite', never)).toBe(9);
});

it('kills what does not stop within the grace', async () => {
  const deaf = spec('deaf', 'trap "" TERM; echo up; while :; do sleep 0.1; done');
  await store.driver.create(deaf);
  await store.driver.start('deaf');
  for await (const line of store.driver.logs('deaf', 0, never)) if (line.text === 'up') break;
  await store.driver.stop('deaf', 1_000);
  expect(await store.driver.inspect('deaf')).toMatchObject({ status: 'exited', exitCode: 137 });
});

it('is found, waited for and read by another driver, as after a restart of the daemon', async () => {
  const long = spec('adopted', 'echo first; sleep 1; echo second; exit 5', { labels: { job: 'adopted', instance: '1' } });
  await store.driver.create(long);
  await store.driver.start('adopted');
  const next = store.driverAnew();
  expect((await next.list({ job: 'adopted' })).map(({ name, status }) => [name, status])).toEqual([['adopted', 'running']]);
  const lines = collect(next.logs('adopted', 1, never));
  expect(await next.wait('adopted', never)).toBe(5);
  expect(text(await lines)).toBe('second');
});

it('stops waiting when told', async () => {
  await store.driver.create(spec('endless', 'sleep 100'));
  await store.driver.start('endless');
  const stopped = new AbortController();
  const waiting = store.driver.wait('endless', stopped.signal);
  stopped.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await store.driver.remove('endless');
});

const hungry = 'node -e "const a=[]; for(;;) a.push(Buffer.alloc(16<<20, 1))"';

it('holds the limits it was asked for, and knows what was killed for its memory', async () => {
  const { exitCode } = await runToEnd(spec('hungry', hungry, { memoryBytes: 128 << 20 }));
  expect(exitCode).toBe(137);
  expect(await store.driver.memoryKills('hungry')).toBeGreaterThan(0);
  // A driver that did not see the end has the kernel's log.
  expect(await store.driverAnew().memoryKills('hungry')).toBeGreaterThan(0);
  // Its first process lives on.
  const { exitCode: own } = await runToEnd(spec('hungry-child', `${hungry}; echo survived; exit 3`, { memoryBytes: 128 << 20 }));
  expect([own, await store.driver.memoryKills('hungry-child')]).toEqual([3, 1]);
  await runToEnd(spec('killed', 'kill -9 $$', { memoryBytes: 128 << 20 }));
  expect([await store.driver.memoryKills('killed'), await store.driverAnew().memoryKills('killed')]).toEqual([0, 0]);
  const forks = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1 & done; wait';
  const { lines } = await runToEnd(spec('forks', forks, { pidsMax: 8 }));
  expect(text(lines)).toMatch(/[Cc]annot fork/);
});

it('gives shared memory, which counts as memory', async () => {
  const script = 'cat /proc/mounts; head -c 100M /dev/zero > /dev/shm/fits && echo fits; head -c 100M /dev/zero > /dev/shm/too';
  const limits = { memoryBytes: 512 << 20, sharedMemoryBytes: 128 << 20 };
  const { lines } = await runToEnd(spec('shared', script, limits));
  expect(text(lines)).toContain(`size=${128 << 10}k`);
  expect(text(lines)).toContain('fits');
  expect(text(lines)).toContain('No space left on device');
  const { exitCode } = await runToEnd(
    spec('shared-hungry', 'head -c 400M /dev/zero > /dev/shm/all', { ...limits, sharedMemoryBytes: 448 << 20, memoryBytes: 256 << 20 }),
  );
  expect(exitCode).toBe(137);
});

it('gives no more CPU time than asked for', async () => {
  await store.driver.create(spec('throttled', 'for i in 1 2 3 4; do (while :; do :; done) & done; wait', { cpus: 0.5 }));
  await store.driver.start('throttled');
  const group = cpuGroupOf('throttled');
  const quota = group.read('cpu.cfs_quota_us', 'cpu.max');
  expect(quota.split(' ')[0]?.trim()).toBe('50000');
  // The kernel says that it held the programs back.
  const throttled = (): number => Number(/^nr_throttled (\d+)$/m.exec(group.read('cpu.stat', 'cpu.stat'))?.[1]);
  await vi.waitUntil(() => throttled() > 3, { timeout: 20_000 });
  await store.driver.remove('throttled');
});

/** The group by which the kernel accounts a running container's CPU time. */
function cpuGroupOf(name: string): { read: (v1: string, v2: string) => string } {
  const containers = JSON.parse(readFileSync(join(store.folder, 'store/overlay-containers/containers.json'), 'utf8')) as {
    id: string;
    names: string[];
  }[];
  const id = containers.find(({ names }) => names.includes(name))?.id;
  const [v1] = globSync(`/sys/fs/cgroup/cpu/**/libpod-${id}`);
  const [v2] = globSync(`/sys/fs/cgroup/libpod*/libpod-${id}`);
  return { read: (inV1, inV2) => readFileSync(v1 === undefined ? join(v2 ?? '', inV2) : join(v1, inV1), 'utf8') };
}

it('removes everything but the images', async () => {
  await store.driver.create(spec('left-1', 'sleep 100'));
  await store.driver.create(spec('left-2', 'sleep 100'));
  await store.driver.start('left-2');
  expect(await store.driver.purge()).toEqual(expect.arrayContaining(['container left-1', 'container left-2']));
  expect(await store.driver.list({})).toEqual([]);
  expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(store.folder);
  expect(await store.driver.hasImage('cloister/base')).toBe(true);
  expect(await store.driver.hasImage('cloister/unknown')).toBe(false);
});
