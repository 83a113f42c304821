import { awaitRunningDaemon, readRunningDaemon } from '../daemon-file.ts';
import { environmentLines, rootOfAccount } from '../environment.ts';
import type { Terminal } from '../terminal.ts';

export interface EnvOptions {
  readonly data: string;
  readonly wait: boolean;
  readonly account?: string;
}

/** Shell lines that point every AWS client here. */
export async function env(terminal: Terminal, { data, wait, account }: EnvOptions): Promise<void> {
  const daemon = wait ? await awaitRunningDaemon(data) : readRunningDaemon(data);
  for (const line of environmentLines(await rootOfAccount(daemon, account))) terminal.line(line);
}
