import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What people read: names and places in it must be those of the code. */

const documents = globSync(['*.md', '{docs,images,examples}/**/*.md']);

/** As GitHub makes them of headings. */
const anchorsOf = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^#+ (.+)$/gmu)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

it('every link leads somewhere', () => {
  const dead = documents.flatMap((document) => {
    const links = [...readFileSync(document, 'utf8').matchAll(/\]\((?<to>[^)\s]+)\)/gu)].map(({ groups }) => groups?.['to'] ?? '');
    const own = links.filter((link) => !/^https?:/u.test(link));
    return own.filter((link) => !leads(document, link)).map((link) => `${document}: ${link}`);
  });
  expect(documents.length).toBeGreaterThan(20);
  expect(dead).toEqual([]);
});

function leads(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), path);
  return existsSync(target) && (anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).includes(anchor));
}

describe('ARCHITECTURE.md', () => {
  // A name without a folder is beside one that the same paragraph named before. SERVICE is any of them.
  it('names files and folders that are there', () => {
    const missing: string[] = [];
    for (const paragraph of readFileSync('ARCHITECTURE.md', 'utf8').split(/\n(?=- |\n|\|)/u)) {
      const folders = new Set(['', 'src']);
      for (const [, path = ''] of paragraph.matchAll(/`([\w./*-]+(?:\.ts|\.c|\.md|\/))`/gu)) {
        const folder = [...folders].find((candidate) => globSync(join(candidate, path.replace('SERVICE', '*'))).length > 0);
        if (folder === undefined) missing.push(path);
        else folders.add(path.endsWith('/') ? join(folder, path) : dirname(join(folder, path)));
      }
    }
    expect(missing).toEqual([]);
  });
});

describe('README.md', () => {
  const commandLine = readFileSync('src/cli/main.ts', 'utf8');
  const commandsOf = (variable: string): readonly string[] =>
    [...commandLine.matchAll(new RegExp(String.raw`^(?:const \w+ = )?${variable}\n?\s*\.command\('([\w-]+)'\)`, 'gmu'))].map(([, name = '']) => name);

  it('has a line for every command, and for no other', () => {
    const table = [...readFileSync('README.md', 'utf8').matchAll(/^\| `cloister ([\w-]+)/gmu)].map(([, name = '']) => name);
    expect([...new Set(table)].toSorted()).toEqual(commandsOf('program').toSorted());
  });

  it('and docs/operating.md one for every option of cloister up', () => {
    const up = /\.command\('up'\)[\s\S]*?\.action\(/u.exec(commandLine)?.[0] ?? '';
    const options = [...up.matchAll(/\.option\(\s*'(--[\w-]+)/gu)].map(([, name = '']) => name);
    const section = /^## Options of cloister up\n(?<text>[\s\S]*?)^##/mu.exec(readFileSync('docs/operating.md', 'utf8'))?.groups?.['text'] ?? '';
    const table = [...section.matchAll(/^\| (.*?) \|/gmu)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(--[\w-]+)/gu)].map(([, name = '']) => name),
    );
    expect(options.length).toBeGreaterThan(10);
    expect(table.toSorted()).toEqual(options.toSorted());
  });
});
