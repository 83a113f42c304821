import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { piecesOf } from '../../fixtures/bytes.ts';

/** How much is moved: small in the check, large where `npm run soak` says so. */
export const sizes = {
  files: Number(process.env['TREE_FILES'] ?? 200),
  objectBytes: Number(process.env['OBJECT_MIB'] ?? 64) << 20,
} as const;

/** What a client is given for one way of the tree or of the object. */
export const wayMs = 60_000 + sizes.files * 100 + (sizes.objectBytes >> 20) * 200;

/** Names that clients, signatures, XML and addresses each write in their own way. */
const names = [
  'plain.txt',
  'with space',
  ' space at both ends ',
  'two  spaces',
  'plus+plus',
  'percent%20percent',
  '100%',
  'and&equals=',
  "single'quote",
  'double"quote',
  'hash#hash',
  'question?mark',
  'semicolon;colon:',
  'at@dollar$',
  'brackets[1]{2}(3)',
  '~tilde',
  'caret^',
  'back`tick',
  'comma,',
  'bang!star*',
  '<less>',
  'pipe|',
  'back\\slash',
  'dots...',
  '..two-dots',
  '.hidden',
  '-dash',
  'ünïcödé',
  // The same word, composed and decomposed: two names.
  'composed/\u00e9t\u00e9',
  'decomposed/e\u0301te\u0301',
  '日本語/ファイル',
  'Ελληνικά',
  'rocket 🚀',
  'deep/deeper/deepest/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/file',
  `long-${'n'.repeat(200)}`,
];

const oddSizes = [0, 1, 2, 63, 64, 65, 1023, 4095, 4096, 4097, 65_535, 65_536, 65_537, 262_147];
/** One file that every client sends in parts, if it ever does, and one below that. */
const [inParts, belowParts] = [(16 << 20) + 1, (5 << 20) - 1];

export async function makeFile(path: string, number: number, size: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  await writeFile(path, piecesOf(number, size));
}

/** Writes the tree: every name once, then plain ones in folders of thirty. Returns its names. */
export async function makeTree(folder: string): Promise<readonly string[]> {
  const made = Array.from({ length: sizes.files }, (_, index) => names[index] ?? `folder ${Math.floor(index / 30)}/file-${index}`);
  const special = [inParts, belowParts, ...oddSizes];
  for (const [index, name] of made.entries()) {
    await makeFile(join(folder, name), index, special[index] ?? oddSizes[index % oddSizes.length] ?? 0);
  }
  // A folder without files is no object.
  mkdirSync(join(folder, 'nothing in here'));
  return made;
}

/** Every file below a folder with the digest of its bytes, in order of names. */
export async function digestsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const found: [string, string][] = [];
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    found.push([relative(folder, path), await digestOf(path)]);
  }
  return Object.fromEntries(found.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
