/**
 * The daemon of the crash tests: `node daemon.ts PLANS …` with the daemon's own options after it. It is the whole
 * product, but for the parts through which the planned things happen to jobs.
 */
import { startDaemon } from '../../src/daemon/daemon.ts';
import { parseDaemonOptions } from '../../src/daemon/options.ts';
import { Saboteur, type Plan } from './saboteur.ts';

const plans = JSON.parse(process.argv[2] ?? '[]') as Plan[];
const options = parseDaemonOptions(process.argv.slice(3), process.env);
const daemon = await startDaemon(options, new Saboteur(options.dataDirectory, plans).parts);
process.once('SIGTERM', () => void daemon.stop().then(() => process.exit(0)));
process.stdout.write(`${JSON.stringify({ endpoint: daemon.endpoint })}\nReady.\n`);
