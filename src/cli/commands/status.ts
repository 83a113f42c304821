import { Api } from '../api.ts';
import { readRunningDaemon } from '../daemon-file.ts';
import type { Terminal } from '../terminal.ts';

interface Health {
  readonly version: string;
  readonly services: Readonly<Record<string, string>>;
  readonly reconcilers: readonly {
    readonly name: string;
    readonly changed: number;
    readonly failures: readonly { subject: string; message: string }[];
  }[];
}

/** What the daemon says of itself. */
export async function status(terminal: Terminal, options: { readonly data: string }): Promise<void> {
  const daemon = readRunningDaemon(options.data);
  const health = (await new Api(daemon).operator('/_cloister/health')) as Health;
  terminal.done(`daemon ${health.version}, process ${daemon.pid}, ${daemon.endpoint}, ${daemon.region}, account ${daemon.accountId}`);
  for (const reconciler of health.reconcilers) {
    if (reconciler.failures.length === 0) terminal.done(`${reconciler.name}: in agreement`);
    for (const failure of reconciler.failures) terminal.refused(`${reconciler.name}: ${failure.subject}: ${failure.message}`);
  }
}
