import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOwnProgram, startDaemon, type DaemonProcess } from '../drivers/process/program.ts';

/** Somebody pressed Ctrl-C, and everything is taken away. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Runs a daemon in a directory of its own for as long as something lasts. Nothing of it stays, also after Ctrl-C. */
export async function withOwnDaemon(purpose: string, body: (data: string, daemon: DaemonProcess) => Promise<void>): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), `cloister-${purpose}-`));
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  // Nobody may be waiting for it yet.
  interrupted.catch(() => undefined);
  const interrupt = (): void => reject(new Interrupted('interrupted'));
  for (const signal of signals) process.on(signal, interrupt);
  try {
    const daemon = await startDaemon(['--data', data, '--port', '0']);
    try {
      await Promise.race([body(data, daemon), interrupted]);
    } finally {
      await daemon.stop();
    }
  } finally {
    await runOwnProgram('purge', ['--data', data]);
    rmSync(data, { recursive: true, force: true });
    for (const signal of signals) process.off(signal, interrupt);
  }
}
