import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { layerOf, mayImport, only } from './layers.ts';

const files = globSync('src/**/*.ts').filter((file) => !file.endsWith('.test.ts'));

const known = new Map<string, readonly string[]>();

/** Every module a file names, type-only imports included. */
function importsOf(file: string): readonly string[] {
  const imports = known.get(file) ?? readImports(file);
  known.set(file, imports);
  return imports;
}

function readImports(file: string): readonly string[] {
  const { module } = parseSync(file, readFileSync(file, 'utf8'));
  const exported = module.staticExports
    .flatMap((statement) => statement.entries)
    .flatMap((entry) => (entry.moduleRequest ? [entry.moduleRequest.value] : []));
  return [...module.staticImports.map((statement) => statement.moduleRequest.value), ...exported];
}

describe('the layer table', () => {
  it('is held by every import', () => {
    const upward = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .flatMap((specifier) => {
          const target = relative(resolve('src'), resolve(join(dirname(file), specifier)));
          const from = layerOf(relative('src', file));
          const allowed = [from, ...(mayImport[from] ?? [])];
          return allowed.some((layer) => target === layer || target.startsWith(`${layer}/`)) ? [] : [`${file} -> ${specifier}`];
        }),
    );
    expect(upward).toEqual([]);
  });

  it('names every folder of src', () => {
    const folders = new Set(files.map((file) => layerOf(relative('src', file))));
    expect([...folders].filter((folder) => !(folder in mayImport))).toEqual([]);
  });

  it('is printed in ARCHITECTURE.md', () => {
    const page = readFileSync('ARCHITECTURE.md', 'utf8');
    for (const [layer, allowed] of Object.entries(mayImport)) {
      expect(page).toContain(`| ${layer} | ${allowed.length === 0 ? '–' : allowed.join(', ')} |`);
    }
  });
});

it('what runs in containers imports nothing of src, which is not there', () => {
  const programs = globSync('images/**/*.ts').filter((file) => !file.endsWith('.test.ts'));
  const strays = programs.flatMap((file) => {
    const targets = importsOf(file).filter((specifier) => specifier.startsWith('.'));
    return targets.filter((specifier) => !join(dirname(file), specifier).startsWith('images/')).map((specifier) => `${file} -> ${specifier}`);
  });
  expect(programs.length).toBeGreaterThan(50);
  expect(strays).toEqual([]);
});

describe('dangerous modules', () => {
  it.each(only)('%s is imported in its rooms only', (module, rooms) => {
    const strays = files
      .filter((file) => importsOf(file).includes(module))
      .filter((file) => !rooms.some((room) => file.startsWith(join('src', room))));
    expect(strays).toEqual([]);
  });

  it.each([
    ['Date.now', /\bDate\.now\(|new Date\(\)/],
    ['Math.random', /\bMath\.random\(/],
  ])('%s is called in stdx only', (_name, pattern) => {
    const strays = files.filter((file) => !file.startsWith('src/stdx/') && pattern.test(readFileSync(file, 'utf8')));
    expect(strays).toEqual([]);
  });
});
