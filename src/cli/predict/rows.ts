import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;
const infinity = /^(?<sign>[+-]?)inf(?:inity)?$/iu;
const batchRows = 4_096;
const batchNumbers = 4_000_000;

/** Rows beside each other. */
export interface Rows {
  readonly rows: Float32Array;
  readonly count: number;
}

/**
 * Lines of comma-separated numbers, no header; nothing or `nan` is a missing value. Batch by batch, however many there are.
 * @throws Error that names the line for what is not that
 */
export async function* readRows(input: Readable, features: number): AsyncGenerator<Rows> {
  const most = Math.max(1, Math.min(batchRows, Math.floor(batchNumbers / Math.max(1, features))));
  let batch: number[][] = [];
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    batch.push(rowOf(text, features, line));
    if (batch.length < most) continue;
    yield joined(batch, features);
    batch = [];
  }
  if (batch.length > 0) yield joined(batch, features);
}

function rowOf(text: string, features: number, line: number): number[] {
  const cells = features === 0 && text === '' ? [] : text.split(',').map((cell) => cell.trim());
  if (line === 1 && cells.length > 0 && cells.every(isName))
    throw new Error('line 1 holds no number: rows have no header (tail -n +2 leaves it out)');
  if (cells.length !== features) throw new Error(`line ${line} ${held(cells)}; the model takes ${features}, with commas between them`);
  return cells.map((cell, column) => numberOf(cell, `line ${line}, column ${column + 1}`));
}

/** What a header has, and rows have not. */
const isName = (cell: string): boolean => /^["']?[A-Za-z_]/u.test(cell) && !/^nan$/iu.test(cell) && !infinity.test(cell);

const held = (cells: readonly string[]): string =>
  cells.join('') === '' && cells.length < 2 ? 'is empty' : `has ${cells.length} value${cells.length === 1 ? '' : 's'}`;

function numberOf(cell: string, where: string): number {
  if (cell === '' || /^nan$/iu.test(cell)) return NaN;
  const sign = infinity.exec(cell)?.groups?.['sign'];
  if (sign !== undefined) return sign === '-' ? -Infinity : Infinity;
  if (!number.test(cell)) throw new Error(`${where}: ${JSON.stringify(cell)} is no number`);
  return Number(cell);
}

function joined(batch: readonly (readonly number[])[], features: number): Rows {
  const rows = new Float32Array(batch.length * features);
  batch.forEach((row, index) => rows.set(row, index * features));
  return { rows, count: batch.length };
}

/** Enough for any float32. */
const digitsMax = 9;

/** The shortest decimal number that is this float32. */
export function shortest(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  for (let digits = 1; digits < digitsMax; digits += 1) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return Object.is(value, -0) ? '-0' : String(text);
  }
  return String(Number(value.toPrecision(digitsMax)));
}
