import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { pythonEnvironment } from './peers.ts';
import { run } from './programs.ts';

/** What the figures were measured on. */
export async function machineFacts(): Promise<string> {
  const [podman, nginx, iperf, moto] = await Promise.all([
    versionOf(['podman', '--version']),
    versionOf(['sh', '-c', 'nginx -v 2>&1']),
    versionOf(['iperf3', '--version']),
    versionOf([join(pythonEnvironment, 'bin/python'), '-c', 'import moto; print(moto.__version__)']),
  ]);
  const model = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown';
  return [
    `cpu     ${model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `kernel  ${release()}`,
    `node    ${process.version}`,
    `peers   ${podman}; ${nginx}; ${iperf}; moto ${moto}`,
    `load    ${loadavg()
      .map((load) => load.toFixed(2))
      .join(' ')} (1, 5 and 15 minutes, before the first row)`,
  ].join('\n');
}

async function versionOf(argv: readonly string[]): Promise<string> {
  return (await run(argv)).split('\n')[0]?.trim() ?? '';
}
