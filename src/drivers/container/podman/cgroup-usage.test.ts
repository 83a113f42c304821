import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { usageOfGroup } from './cgroup-usage.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'cloister-cgroup-'))));
afterEach(() => rmSync(root, { recursive: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

it('reads a group of version 2', () => {
  put({
    'a/b/cpu.stat': 'usage_usec 2500000\nuser_usec 2000000\n',
    'a/b/memory.current': '1000000\n',
    'a/b/memory.stat': 'anon 700000\ninactive_file 300000\n',
  });
  expect(usageOfGroup('/a/b', root, true)).toEqual({ cpuSeconds: 2.5, memoryBytes: 700_000 });
  expect(usageOfGroup('/a/gone', root, true)).toBeUndefined();
});

it('reads a group of version 1', () => {
  put({
    'cpuacct/a/b/cpuacct.usage': '2500000000\n',
    'memory/a/b/memory.usage_in_bytes': '1000000\n',
    'memory/a/b/memory.stat': 'inactive_file 1\ntotal_inactive_file 300000\n',
  });
  expect(usageOfGroup('/a/b', root, false)).toEqual({ cpuSeconds: 2.5, memoryBytes: 700_000 });
  expect(usageOfGroup('/a/gone', root, false)).toBeUndefined();
});
