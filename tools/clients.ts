/** Makes .venv/ with the Python clients that the suites drive (pinned in test/clients/requirements.txt). Nothing to do when it is current. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const requirements = 'test/clients/requirements.txt';
const stamp = join('.venv', 'requirements.txt');

function run(program: string, parameters: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${program} ${parameters.join(' ')}\n${stdout}${stderr}`);
  process.exit(1);
}

const wanted = readFileSync(requirements, 'utf8');
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
  process.stdout.write('the Python clients are current\n');
} else {
  process.stdout.write('installing the Python clients (about half a minute)\n');
  run('python3', ['-m', 'venv', '--clear', '.venv']);
  run(join('.venv', 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  writeFileSync(stamp, wanted);
}
