import { explainNames } from '../aws-names/explain-names.ts';
import { runWithNames } from '../aws-names/run-with-names.ts';
import { awaitRunningDaemon, readRunningDaemon } from '../daemon-file.ts';
import { environmentLines, rootOfAccount } from '../environment.ts';
import type { Terminal } from '../terminal.ts';

export interface EnvOptions {
  readonly data: string;
  readonly wait: boolean;
  readonly account?: string;
  readonly dns: boolean;
}

/** Shell lines that point every AWS client here. With `dns`, clients that look up AWS's own names: how they get here, or a command of theirs. */
export async function env(terminal: Terminal, [program, ...parameters]: readonly string[], options: EnvOptions): Promise<void> {
  const { data, wait, account, dns } = options;
  const running = wait ? await awaitRunningDaemon(data) : readRunningDaemon(data);
  const daemon = await rootOfAccount(running, account);
  if (program !== undefined) {
    if (!dns) throw new Error('env runs a command only with --dns: cloister env --dns -- COMMAND');
    process.exitCode = await runWithNames(daemon, [program, ...parameters]);
    return;
  }
  for (const line of [...(dns ? explainNames(running) : []), ...environmentLines(daemon)]) terminal.line(line);
}
