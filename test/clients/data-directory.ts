import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Data directories of these suites say which process made them. */
const prefix = 'cloister-daemon-';
const purgeMs = 60_000;

/** A data directory for one daemon of this process. What runs that were killed left on the machine is purged first. */
export function makeDataDirectory(): string {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? (name.slice(prefix.length).split('-')[0] ?? '') : '';
    if (!/^\d+$/.test(pid) || existsSync(`/proc/${pid}`)) continue;
    endDaemonOf(join(tmpdir(), name));
    purge(join(tmpdir(), name));
  }
  return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
}

/** Removes every trace of a data directory from the machine, as `cloister down --purge` does. Returns what was removed. */
export function purge(dataDirectory: string): readonly string[] {
  const argv = ['--disable-warning=ExperimentalWarning', resolve('src/daemon/purge.ts'), '--data', dataDirectory];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8', timeout: purgeMs });
  if (status !== 0) throw new Error(`the purge of ${dataDirectory} failed: ${stdout}${stderr}`);
  return JSON.parse(stdout) as readonly string[];
}

/** A daemon whose test was killed: its number is in daemon.json, and counts only while it is a daemon of that directory. */
function endDaemonOf(dataDirectory: string): void {
  try {
    const { pid } = JSON.parse(readFileSync(join(dataDirectory, 'daemon.json'), 'utf8')) as { pid: number };
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--data\0${dataDirectory}\0`)) process.kill(pid, 'SIGKILL');
  } catch {
    // It never came up, or has ended.
  }
}
