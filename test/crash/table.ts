import { kinds, titles } from './cells.ts';
import type { CellResult } from './run-cell.ts';

const nameWidth = 46;
const cellWidth = 15;

/** A row for each moment, a column for each kind; what is wrong is told in full below. */
export function tableOf(results: readonly CellResult[], rows: readonly string[]): string {
  const find = (row: string, kind: string): CellResult | undefined => results.find((result) => result.row === row && result.kind === kind);
  const head = ['step'.padEnd(nameWidth), ...kinds.map((kind) => titles[kind].padEnd(cellWidth))].join('');
  const lines = rows
    .filter((row) => results.some((result) => result.row === row))
    .map((row) => [row.padEnd(nameWidth), ...kinds.map((kind) => textOf(find(row, kind)).padEnd(cellWidth))].join('').trimEnd());
  const wrong = results
    .filter((result) => result.wrong.length > 0)
    .flatMap(({ row, kind, wrong: faults }) => ['', `✗ ${row}: ${titles[kind as keyof typeof titles]}`, ...faults.map((fault) => `    ${fault}`)]);
  const reasons = [
    ...Map.groupBy(
      results.filter(({ reason }) => reason !== undefined),
      ({ reason }) => reason ?? '',
    ),
  ].flatMap(([reason, of]) => ['', `${of.map(({ row }) => row).join(', ')}:`, `    ${reason}`]);
  return [head.trimEnd(), ...lines, ...reasons, ...wrong].join('\n');
}

function textOf(result: CellResult | undefined): string {
  if (result === undefined) return '';
  return result.wrong.length === 0 ? result.outcome : `✗ ${result.outcome}`;
}
