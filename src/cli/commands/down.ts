import { sleep } from '../../stdx/deadline.ts';
import { runOwnProgram } from '../../drivers/process/program.ts';
import { isAlive } from '../../drivers/process/process-identity.ts';
import { NoDaemon, readRunningDaemon } from '../daemon-file.ts';
import type { Terminal } from '../terminal.ts';

const stopDeadlineMs = 30_000;

/** Stops the daemon in order. With `purge`, then removes every trace of its data directory. */
export async function down(terminal: Terminal, options: { readonly data: string; readonly purge: boolean }): Promise<void> {
  try {
    const daemon = readRunningDaemon(options.data);
    const { pid } = daemon;
    process.kill(pid, 'SIGTERM');
    for (let waitedMs = 0; isAlive(daemon) && waitedMs < stopDeadlineMs; waitedMs += 100) await sleep(100);
    if (isAlive(daemon)) throw new Error(`the daemon (process ${pid}) did not end within ${stopDeadlineMs / 1000} s`);
    terminal.done(`stopped the daemon (process ${pid})`);
  } catch (error) {
    if (!(error instanceof NoDaemon) || !options.purge) throw error;
  }
  if (!options.purge) return;
  const removed = JSON.parse(await runOwnProgram('purge', ['--data', options.data])) as readonly string[];
  for (const what of removed) terminal.done(`removed ${what}`);
  if (removed.length === 0) terminal.done('nothing was left to remove');
}
