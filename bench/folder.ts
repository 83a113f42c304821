import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leftovers } from './leftovers.ts';

const prefix = 'cloister-bench-';

/** A folder for one row. What benches that were killed left is removed first: their names hold their process ids. */
export function makeFolder(leftovers: Leftovers): string {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? (name.slice(prefix.length).split('-')[0] ?? '') : '';
    if (/^\d+$/.test(pid) && !existsSync(`/proc/${pid}`)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  leftovers.add(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
