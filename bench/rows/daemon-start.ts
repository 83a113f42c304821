import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../src/stdx/assert.ts';
import { sleep } from '../../src/stdx/deadline.ts';
import { DaemonProcess } from '../../test/clients/daemon-process.ts';
import { makeFolder } from '../folder.ts';
import { pidOf } from '../programs.ts';
import type { Line, Row } from '../row.ts';

/** What a daemon does right after its start is in its memory too. */
const settleMs = 2_000;

interface Start {
  readonly ms: number;
  readonly residentMb: number;
}

/** From the start of the process to `Ready.`, with V8's code cache (as `cloister up` has it) and without. */
export const daemonStart: Row = {
  name: 'daemon-start',
  programs: {},

  async measure({ quick, rounds }, leftovers) {
    const codeCache = join(makeFolder(leftovers), 'code');
    const inherited = process.env['NODE_COMPILE_CACHE'];
    process.env['NODE_COMPILE_CACHE'] = codeCache;
    const starts = { cold: [] as Start[], first: [] as Start[], again: [] as Start[] };
    try {
      for (let round = 0; round < rounds; round += 1) {
        rmSync(codeCache, { recursive: true, force: true });
        const kinds = quick ? (['cold', 'again'] as const) : (['cold', 'first', 'again'] as const);
        for (const kind of kinds) starts[kind].push(await startOnce(kind));
      }
    } finally {
      if (inherited === undefined) delete process.env['NODE_COMPILE_CACHE'];
      else process.env['NODE_COMPILE_CACHE'] = inherited;
    }
    return [
      line('daemon start to Ready.', starts.again, 'on a data directory that is there'),
      ...(quick ? [] : [line('the same, the first start', starts.first, 'makes the database and the authority')]),
      { ...line('the same, nothing compiled yet', starts.cold, 'once per version'), bar: undefined },
      {
        what: 'daemon memory, resident',
        against: '–',
        figures: starts.again.map(({ residentMb }) => residentMb),
        unit: 'MB',
        bar: { atMost: 150 },
        measured: `${settleMs / 1000} s after Ready.`,
      },
    ] as Line[];
  },
};

function line(what: string, starts: readonly Start[], measured: string): Line {
  return { what, against: '–', figures: starts.map(({ ms }) => ms), unit: 'ms', bar: { atMost: 1_000 }, measured };
}

async function startOnce(kind: 'cold' | 'first' | 'again'): Promise<Start> {
  const before = performance.now();
  const daemon = await DaemonProcess.start();
  let ms = performance.now() - before;
  try {
    if (kind === 'again') {
      await sleep(settleMs);
      await daemon.stop();
      const again = performance.now();
      await daemon.start();
      ms = performance.now() - again;
    }
    await sleep(settleMs);
    return { ms, residentMb: residentMb(daemon.dataDirectory) };
  } finally {
    await daemon.dispose();
  }
}

function residentMb(dataDirectory: string): number {
  const kib = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pidOf(dataDirectory)}/status`, 'utf8'))?.[1];
  return Number(present(kib, 'a process has resident memory')) / 1024;
}
