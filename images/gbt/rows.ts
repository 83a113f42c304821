import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TrainingError } from './configuration.ts';

/** Labels, and features row by row. A missing value is NaN. */
export interface Rows {
  readonly count: number;
  readonly features: number;
  readonly labels: Float64Array;
  /** `values[row * features + feature]`, rounded to float32 as XGBoost holds them. */
  readonly values: Float32Array;
}

/** Which rows of a file are ours: those whose number leaves `rank` when divided by `hosts`. */
export interface Share {
  readonly rank: number;
  readonly hosts: number;
}

function parseLine(line: string, where: string): number[] {
  return line.split(',').map((cell, column) => {
    const text = cell.trim();
    if (text === '') return Number.NaN;
    const value = Number(text);
    if (!Number.isFinite(value)) throw new TrainingError(`${where}: column ${column + 1} is not a number: "${text.slice(0, 40)}"`);
    return value;
  });
}

/** Reads every file of a channel: comma-separated numbers, the label first, no header. */
export function readRows(folder: string, share: Share): Rows {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const labels: number[] = [];
  const values: number[] = [];
  let columns: number | undefined;
  let number = 0;
  for (const file of files.filter((name) => statSync(join(folder, name)).isFile())) {
    for (const [index, line] of readFileSync(join(folder, file), 'utf8').split('\n').entries()) {
      if (line.trim() === '') continue;
      const where = `${file} line ${index + 1}`;
      const [label, ...rest] = parseLine(line, where);
      if (label === undefined || Number.isNaN(label)) throw new TrainingError(`${where}: the first column, the label, is empty`);
      columns ??= rest.length;
      if (rest.length !== columns) throw new TrainingError(`${where}: ${rest.length} features, where the first row has ${columns}`);
      if (number++ % share.hosts !== share.rank) continue;
      labels.push(label);
      for (const value of rest) values.push(value);
    }
  }
  return { count: labels.length, features: columns ?? 0, labels: Float64Array.from(labels), values: Float32Array.from(values) };
}
