import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const packageName = 'libonnx-testdata';
const folder = '.onnx-testdata';

/**
 * The folder of ONNX's own backend cases, out of Debian's package: unpacked here, not installed. `ONNX_TESTDATA` names
 * another one. Throws apt's words where the package cannot be had.
 */
export function onnxTestdata(): string {
  const given = process.env['ONNX_TESTDATA'];
  if (given !== undefined) return given;
  const data = join(folder, 'usr/share/libonnx-testdata/data');
  if (existsSync(data)) return data;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'download-'));
  try {
    run('apt-get', ['download', packageName], work);
    const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
    run('dpkg', ['--extract', archive ?? '', 'unpacked'], work);
    renameSync(join(work, 'unpacked', 'usr'), join(folder, 'usr'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return data;
}

function run(program: string, parameters: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(program, parameters, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${parameters.join(' ')}\n${stdout}${stderr}`);
}
