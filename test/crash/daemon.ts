/**
 * The daemon of the crash tests: `node daemon.ts SETTINGS …` with the daemon's own options after it. It is the whole
 * product, but for the parts through which the planned things happen to jobs. At SIGUSR2 it writes down what its process
 * holds, where `observations` says.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { queryObjects } from 'node:v8';
import { startDaemon } from '../../src/daemon/daemon.ts';
import { parseDaemonOptions } from '../../src/daemon/options.ts';
import { AgentLink } from '../../src/drivers/placement/local/agent-link.ts';
import { TrainingJobContext } from '../../src/reconcile/training/context.ts';
import { Saboteur, type Plan } from './saboteur.ts';

export interface TestDaemonSettings {
  readonly plans: readonly Plan[];
  /** A file that is made anew for every observation. */
  readonly observations?: string;
}

/** What the daemon's process holds after everything that nobody needs was thrown away. */
export interface Observation {
  readonly heapBytes: number;
  readonly bufferBytes: number;
  readonly residentBytes: number;
  /** Objects of running jobs. */
  readonly jobs: number;
  readonly agentLinks: number;
  /** Handles by kind: watchers, sockets, pipes, ports. */
  readonly handles: Readonly<Record<string, number>>;
}

function observe(): Observation {
  for (let pass = 0; pass < 3; pass += 1) globalThis.gc?.();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  const [jobs, agentLinks] = [TrainingJobContext, AgentLink].map((of) => queryObjects(of, { format: 'count' }));
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, bufferBytes: arrayBuffers, residentBytes: rss, jobs: jobs ?? 0, agentLinks: agentLinks ?? 0, handles };
}

const settings = JSON.parse(process.argv[2] ?? '') as TestDaemonSettings;
const options = parseDaemonOptions(process.argv.slice(3), process.env);
const daemon = await startDaemon(options, new Saboteur(options.dataDirectory, settings.plans).parts);
process.once('SIGTERM', () => void daemon.stop().then(() => process.exit(0)));
const { observations } = settings;
if (observations !== undefined) {
  process.on('SIGUSR2', () => {
    writeFileSync(`${observations}.new`, JSON.stringify(observe()));
    renameSync(`${observations}.new`, observations);
  });
}
process.stdout.write(`${JSON.stringify({ endpoint: daemon.endpoint })}\nReady.\n`);
