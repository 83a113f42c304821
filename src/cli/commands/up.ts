import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOwnProgram, startDaemon, type DaemonProcess } from '../../drivers/process/program.ts';
import type { Terminal } from '../terminal.ts';

interface UpOptions {
  readonly data: string;
  readonly port: string;
  readonly region: string;
  readonly account: string;
  readonly ephemeral: boolean;
  readonly allowChosenIds: boolean;
  readonly uplink: boolean;
  readonly strictLogs: boolean;
  readonly instancesMax?: string;
  readonly gpuKind?: string;
  readonly endpointService: readonly string[];
  readonly mapImage: readonly string[];
  readonly registry: readonly string[];
  readonly registryAuth?: string;
  readonly compiler: readonly string[];
}

/** Runs the daemon until it is told to end. */
export async function up(terminal: Terminal, options: UpOptions): Promise<void> {
  const data = options.ephemeral ? mkdtempSync(join(tmpdir(), 'cloister-')) : options.data;
  const parameters = ['--data', data, '--port', options.port, '--region', options.region, '--account', options.account];
  if (options.ephemeral) parameters.push('--ephemeral');
  if (options.allowChosenIds) parameters.push('--allow-chosen-ids');
  if (options.uplink) parameters.push('--uplink');
  if (options.strictLogs) parameters.push('--strict-logs');
  if (options.instancesMax !== undefined) parameters.push('--instances-max', options.instancesMax);
  if (options.gpuKind !== undefined) parameters.push('--gpu-kind', options.gpuKind);
  for (const service of options.endpointService) parameters.push('--endpoint-service', service);
  for (const names of options.mapImage) parameters.push('--map-image', names);
  for (const registry of options.registry) parameters.push('--registry', registry);
  if (options.registryAuth !== undefined) parameters.push('--registry-auth', options.registryAuth);
  for (const compiler of options.compiler) parameters.push('--compiler', compiler);
  const daemon = await started(terminal, parameters);
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

/** The settings are for programs; what else the daemon says is for operators, its log and errors where it puts them itself. */
async function started(terminal: Terminal, parameters: readonly string[]): Promise<DaemonProcess> {
  return await startDaemon(parameters, (line, stream) => {
    if (stream === 'stdout' && !line.startsWith('{"version"')) terminal.line(line);
    // Why it does not start is told once, by who started it.
    if (stream === 'stderr' && !line.startsWith('cloister: ')) process.stderr.write(`${line}\n`);
  });
}
