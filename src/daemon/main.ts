import { startDaemon } from './daemon.ts';
import { log } from './log.ts';
import { parseDaemonOptions } from './options.ts';
import { version } from './version.ts';

/** The daemon as a process: prints its settings and `Ready.`, ends in order at SIGTERM and SIGINT. */
process.on('unhandledRejection', (error) => log('an error nobody waited for', { error: error instanceof Error ? error.stack : String(error) }));

try {
  const daemon = await startDaemon(parseDaemonOptions(process.argv.slice(2), process.env));
  process.stdout.write(`${JSON.stringify({ version, endpoint: daemon.endpoint })}\nReady.\n`);
  const end = (): void => {
    // A second signal ends it at once.
    process.once('SIGTERM', () => process.exit(1));
    process.once('SIGINT', () => process.exit(1));
    void daemon.stop().then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
} catch (error) {
  process.stderr.write(`cloister: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
