/**
 * Packs the package, installs it somewhere else as a user would, and runs it: type stripping does not work under
 * node_modules, so what is published is what `tsc` emitted.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

function run(program: string, parameters: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, parameters, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${parameters.join(' ')} (exit code ${String(status)})\n${stdout}${stderr}`);
  return stdout;
}

const folder = mkdtempSync(join(tmpdir(), 'cloister-package-'));
try {
  run(process.execPath, ['tools/build.ts'], '.');
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], '.')) as {
    filename: string;
    size: number;
    entryCount: number;
  }[];
  if (packed === undefined) throw new Error('npm pack told of no package');
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true }\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', resolve(folder, packed.filename)], folder);
  const cli = join(folder, 'node_modules', 'cloister', 'dist', 'cli', 'main.js');
  const version = run(process.execPath, [cli, '--version'], folder).trim();
  const findings = run(process.execPath, [join(folder, 'node_modules', 'cloister', 'dist', 'daemon', 'doctor.js')], folder);
  if (!findings.trim().startsWith('[')) throw new Error(`doctor printed ${findings}`);
  // The whole story, from the installed package: images, agent and data workers find their files there too.
  const story = run(process.execPath, [cli, 'demo'], folder);
  if (!story.includes('accuracy on rows it never saw')) throw new Error(`demo printed ${story}`);
  process.stdout.write(`cloister ${version}: ${packed.entryCount} files, ${(packed.size / 1024).toFixed(0)} KiB packed; installed and run\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
