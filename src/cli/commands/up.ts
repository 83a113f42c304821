import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOwnProgram, startDaemon } from '../../drivers/process/program.ts';
import type { Terminal } from '../terminal.ts';

interface UpOptions {
  readonly data: string;
  readonly port: string;
  readonly region: string;
  readonly account: string;
  readonly ephemeral: boolean;
  readonly allowChosenIds: boolean;
  readonly uplink: boolean;
  readonly instancesMax?: string;
  readonly endpointService: readonly string[];
  readonly mapImage: readonly string[];
  readonly compiler: readonly string[];
}

/** Runs the daemon until it is told to end. */
export async function up(terminal: Terminal, options: UpOptions): Promise<void> {
  const data = options.ephemeral ? mkdtempSync(join(tmpdir(), 'cloister-')) : options.data;
  const parameters = ['--data', data, '--port', options.port, '--region', options.region, '--account', options.account];
  if (options.ephemeral) parameters.push('--ephemeral');
  if (options.allowChosenIds) parameters.push('--allow-chosen-ids');
  if (options.uplink) parameters.push('--uplink');
  if (options.instancesMax !== undefined) parameters.push('--instances-max', options.instancesMax);
  for (const service of options.endpointService) parameters.push('--endpoint-service', service);
  for (const names of options.mapImage) parameters.push('--map-image', names);
  for (const compiler of options.compiler) parameters.push('--compiler', compiler);
  const daemon = await startDaemon(parameters, (line) => {
    // The settings are for programs; what else the daemon says is for operators.
    if (!line.startsWith('{"version"')) terminal.line(line);
  });
  terminal.done(`the AWS API of this machine is at ${String(daemon.ready['endpoint'])}, state in ${data}`);
  const end = (): void => void daemon.stop();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  terminal.note(`In another shell: eval "$(cloister env${data === '/var/lib/cloister' ? '' : ` --data ${data}`})"`);
  const exitCode = await daemon.exited;
  if (options.ephemeral) {
    await runOwnProgram('purge', ['--data', data]);
    rmSync(data, { recursive: true, force: true });
  }
  process.exitCode = exitCode ?? 1;
}
