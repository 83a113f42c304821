import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ArtefactRunner } from '../../../src/drivers/process/artefact-runner.ts';
import { startConfined, type Confined } from '../../../src/drivers/process/confined.ts';
import { run } from '../../../src/drivers/process/process.ts';
import { assert } from '../../../src/stdx/assert.ts';
import { sleep } from '../../../src/stdx/deadline.ts';
import { compilerContainers } from './compiler-container.ts';

/** What `cloister predict` runs is confined: archives whose runner, or whose compiled model, means harm (programs/hostile.c). */

const containers = compilerContainers();
const [own, other] = process.arch === 'arm64' ? (['aarch64', 'x86_64'] as const) : (['x86_64', 'aarch64'] as const);
const notNeeded = 'it asked the kernel for what no compiled model needs, such as a socket, another process, or a file to write';

let built: string;
/** Where the command makes its folder. */
let temporary: string;

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'cloister-hostile-'));
  if (containers.missing()) return;
  const argv = ['/usr/bin/node', '--disable-warning=ExperimentalWarning', '/opt/test/build-hostile.ts', '/opt/ml/built'] as const;
  const { exitCode, ml, said } = await containers.run((folder) => mkdirSync(join(folder, 'built')), { argv });
  assert(exitCode === 0, said);
  for (const name of readdirSync(join(ml, 'built'))) copyFileSync(join(ml, 'built', name), join(built, name));
}, 120_000);
afterAll(() => rmSync(built, { recursive: true, force: true }));

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'cloister-confined-'));
  chmodSync(temporary, 0o755);
});
afterEach(async () => {
  try {
    await nothingIsLeft();
  } finally {
    rmSync(temporary, { recursive: true });
  }
});

/** Processes, by their numbers here, that see the folder; bubblewrap's own among them. */
function processesIn(folder: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/u.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(folder);
    } catch {
      // It has gone.
      return false;
    }
  });
}

const goneMs = 10_000;
const againMs = 50;

/** The kernel takes a namespace of processes apart after the first of them has ended. */
async function nothingIsLeft(): Promise<void> {
  for (let waitedMs = 0; processesIn(temporary).length > 0 && waitedMs < goneMs; waitedMs += againMs) await sleep(againMs);
  expect(processesIn(temporary)).toEqual([]);
}

const meta = JSON.stringify({ Model: { Inputs: [{ name: 'data', shape: [-1, 1] }] } });
const manifest = JSON.stringify({ target: 'ml_c5' });

async function archiveOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const source = join(temporary, 'source');
  mkdirSync(source);
  for (const [name, content] of Object.entries({ 'compiled.meta': meta, manifest, ...files })) writeFileSync(join(source, name), content);
  const archive = join(temporary, 'model.tar.gz');
  await run(['tar', '--create', '--gzip', '--file', archive, '--directory', source, '.']);
  rmSync(source, { recursive: true });
  return archive;
}

const commandOn = (archive: string): string[] => ['--disable-warning=ExperimentalWarning', 'src/cli/main.ts', 'predict', archive];

/** `cloister predict` on an archive of these files. */
async function predict(
  files: Readonly<Record<string, string | Buffer>>,
): Promise<{ readonly code: number; readonly out: string; readonly said: string }> {
  const archive = await archiveOf(files);
  // Whoever starts it may have files open, which Node hands on when their numbers are high.
  const secret = openSync('/etc/shadow', 'r');
  const others = Array.from({ length: 40 }, (_, number) => (number < 3 ? 'pipe' : 'ignore'));
  const child = spawn(process.execPath, commandOn(archive), {
    env: { ...process.env, TMPDIR: temporary },
    stdio: [...others, secret] as StdioOptions,
  });
  closeSync(secret);
  child.stdin?.end('1\n2\n');
  const [out, said, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>]);
  expect(readdirSync(temporary)).toEqual(['model.tar.gz']);
  return { code, out, said: said.replace(`${archive}: `, '').trim() };
}

const text = async (stream: NodeJS.ReadableStream | null): Promise<string> => (stream === null ? '' : (await buffer(stream)).toString());
const fileOf = (name: string): Buffer => readFileSync(join(built, name));

/** A runner beside what it is to try. */
function folderFor(attempt: string, emulated = false): Confined {
  const folder = join(temporary, 'artefact');
  mkdirSync(folder);
  writeFileSync(join(folder, 'compiled.so'), attempt);
  copyFileSync(join(built, `hostile-${emulated ? other : own}`), join(folder, 'runner'));
  if (emulated) copyFileSync(join(built, 'emulator'), join(folder, 'emulator'));
  for (const name of ['runner', ...(emulated ? ['emulator'] : [])]) chmodSync(join(folder, name), 0o555);
  return { folder, argv: emulated ? ['/emulator', '-cpu', 'max', '/runner'] : ['/runner'], emulated };
}

const batch = { rows: Float32Array.of(1), count: 1, features: 1, margins: false };

const calls =
  'socket unix-socket connect fork ptrace kill unshare mount chroot setuid keyctl uring bpf create overwrite shared-memory memory-file'.split(' ');
const words: Readonly<Record<string, string>> = {
  ...Object.fromEntries(calls.map((attempt) => [attempt, `was ended by SIGSYS: ${notNeeded}`])),
  // There is no such file.
  shadow: 'ended with 2: open says -2',
  above: 'ended with 2: open says -2',
  processes: 'ended with 2: open says -2',
  shell: 'ended with 2: execve says -2',
  files: 'ended with 2: no other file',
  // 4 GiB in pieces of 64 MiB, less what the program itself takes.
  memory: 'ended with 2: pieces of memory: 63',
  crash: 'was ended by SIGSEGV',
  width: 'says that a row has 90000000 numbers',
  terminal: String.raw`ended with 3: \u{1b}[2J\u{1b}]0;title\u{7}\u{9b}red\u{d}\u{a}next`,
};

it.each(Object.entries(words))('a runner that means harm is stopped: %s', async (attempt, what) => {
  const runner = new ArtefactRunner(folderFor(attempt));
  await expect(runner.predict(batch)).rejects.toThrow(`the compiled model ${what}`);
  await runner.close();
  expect(readdirSync(join(temporary, 'artefact')).toSorted()).toEqual(['compiled.so', 'runner']);
});

it.each(['socket', 'create', 'shadow', 'files', 'terminal'])('and the command says so, and prints nothing else: %s', async (attempt) => {
  const { code, out, said } = await predict({ runner: fileOf(`hostile-${own}`), 'compiled.so': attempt });
  expect({ code, out, said }).toEqual({ code: 1, out: '', said: expect.stringContaining(`the compiled model ${words[attempt]}`) as string });
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a command that is ended by %s in the middle takes its folder away', async (signal, exitCode) => {
  const archive = await archiveOf({ runner: fileOf('runner'), 'compiled.so': fileOf('LOADED.so') });
  const child = spawn(process.execPath, commandOn(archive), { env: { ...process.env, TMPDIR: temporary }, stdio: ['pipe', 'pipe', 'inherit'] });
  // Nobody reads them to their end.
  child.stdin.on('error', () => undefined);
  // More than one batch: the first is answered, and the command waits for more.
  child.stdin.write('1\n'.repeat(100_000));
  await once(child.stdout, 'data');
  child.kill(signal);
  child.stdout.resume();
  expect(await once(child, 'close')).toEqual([exitCode, null]);
  expect(readdirSync(temporary)).toEqual(['model.tar.gz']);
});

describe('a compiled model that means harm', () => {
  it('is never asked when it is loaded: constructors do not run', async () => {
    expect(await predict({ runner: fileOf('runner'), 'compiled.so': fileOf('LOADED.so') })).toEqual({ code: 0, out: '1\n2\n', said: '' });
  });

  it('is ended when it is asked', async () => {
    const { code, said } = await predict({ runner: fileOf('runner'), 'compiled.so': fileOf('ASKED.so') });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(`SIGSYS: ${notNeeded}`) as string });
  });
});

it.each(['socket', 'fork', 'create', 'kill', 'shared-memory'])('also under an emulator: %s', async (attempt) => {
  const runner = new ArtefactRunner(folderFor(attempt, true));
  await expect(runner.predict(batch)).rejects.toThrow(`the compiled model was ended by SIGSYS: ${notNeeded}`);
  await runner.close();
});

it.each([
  ['loop', false],
  ['chatter', false],
  ['half', false],
  ['loop', true],
])('what never answers is ended at the deadline: %s, emulated: %s', async (attempt, emulated) => {
  const runner = new ArtefactRunner(folderFor(attempt, emulated), 1_000);
  await expect(runner.predict(batch)).rejects.toThrow('the compiled model gave no answer within 1 seconds and was ended');
  await nothingIsLeft();
});

/** The number of the program itself: the one without another program's name. */
async function pidOf(): Promise<string> {
  for (let waitedMs = 0; waitedMs < goneMs; waitedMs += againMs) {
    const found = processesIn(temporary).find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'runner');
    if (found !== undefined) return found;
    await sleep(againMs);
  }
  return expect.fail('the program did not start');
}

it('is nobody, without rights, in namespaces of its own, under limits and a filter, and ends with whoever started it', async () => {
  const child = startConfined(folderFor('loop'));
  const pid = await pidOf();
  const status = Object.fromEntries(
    readFileSync(`/proc/${pid}/status`, 'utf8')
      .split('\n')
      .map((line) => line.split(':\t') as [string, string]),
  );
  const none = '0000000000000000';
  expect(status).toMatchObject({
    Uid: '65534\t65534\t65534\t65534',
    Gid: '65534\t65534\t65534\t65534',
    CapInh: none,
    CapPrm: none,
    CapEff: none,
    CapBnd: none,
    CapAmb: none,
    NoNewPrivs: '1',
    Seccomp: '2',
  });
  expect(status['Groups']?.trim()).toBe('');
  for (const kind of ['net', 'pid', 'mnt', 'ipc', 'uts', 'user', 'cgroup'])
    expect(readlinkSync(`/proc/${pid}/ns/${kind}`)).not.toBe(readlinkSync(`/proc/self/ns/${kind}`));
  const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
  expect(limits).toMatch(/^Max cpu time +3600 +3610 /mu);
  expect(limits).toMatch(/^Max file size +0 +0 /mu);
  expect(limits).toMatch(/^Max data size +4294967296 +4294967296 /mu);
  expect(limits).toMatch(/^Max processes +256 +256 /mu);
  expect(limits).toMatch(/^Max open files +32 +32 /mu);
  expect(limits).toMatch(/^Max core file size +0 +0 /mu);
  // Nothing but the folder, and that for reading only.
  expect(readdirSync(`/proc/${pid}/root`).toSorted()).toEqual(['compiled.so', 'runner']);
  expect(readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trim()).toMatch(/^\d+ \d+ \S+ \S+ \/ ro,[^\n]*$/u);
  const files = readdirSync(`/proc/${pid}/fd`).map((file) => readlinkSync(`/proc/${pid}/fd/${file}`).replace(/:.*/u, ''));
  expect(files.toSorted()).toEqual(['/compiled.so', 'socket', 'socket', 'socket']);
  child.kill('SIGKILL');
  await once(child, 'close');
  await nothingIsLeft();
});

it('is ended when it has used its time of the processor', async () => {
  const runner = new ArtefactRunner(folderFor('loop'));
  const answer = runner.predict(batch).catch((error: unknown) => (error as Error).message);
  // An hour of it would be too long for a test.
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;
  await run([...nobody, 'prlimit', '--pid', await pidOf(), '--cpu=1:2']);
  expect(await answer).toBe('the compiled model was ended by SIGXCPU: it has used 3600 seconds of the processor');
  await runner.close();
});
