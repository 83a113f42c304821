import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { makePythonEnvironment } from '../tools/python-environment.ts';
import type { Row } from './row.ts';

/** Of the bench alone: its packages are no clients that the suites drive. */
export const pythonEnvironment = '.venv-bench';

/** Programs that the machine facts are read from. */
const always = { podman: 'podman', nginx: 'nginx-light', iperf3: 'iperf3' };

/** Stops with the one line to run when a program is missing. `./cloister check` installs them. */
export function requirePrograms(rows: readonly Row[]): void {
  const wanted = Object.entries(Object.assign({}, always, ...rows.map((row) => row.programs)) as Record<string, string>);
  const missing = new Set(wanted.flatMap(([program, debianPackage]) => (isThere(program) ? [] : [debianPackage])));
  if (missing.size > 0) {
    const command = `apt-get update && apt-get install -y --no-install-recommends ${[...missing].join(' ')}`;
    process.stderr.write(`The bench needs programs that are not here. Run: ${command}\n`);
    process.exit(1);
  }
  if (makePythonEnvironment(pythonEnvironment, 'bench/requirements.txt'))
    process.stderr.write('moto, the AWS CLI and XGBoost are installed in .venv-bench\n');
}

function isThere(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
