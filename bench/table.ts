import type { Bar, Line } from './row.ts';
import { median } from './statistics.ts';

/** The table, in columns of their own width. */
export function table(lines: readonly Line[]): string {
  const rows = [['what', 'against', 'figure', 'lowest – highest', 'n', 'bar', 'verdict', 'measured'], ...lines.map(cells)];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const text = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [text[0], '─'.repeat(Math.max(...text.map((line) => line.length))), ...text.slice(1)].join('\n');
}

function cells(line: Line): string[] {
  const figure = median(line.figures);
  const show = (value: number): string => shown(value, line.unit);
  return [
    line.what,
    line.against,
    `${show(figure)} ${line.unit}`,
    `${show(Math.min(...line.figures))} – ${show(Math.max(...line.figures))}`,
    String(line.figures.length),
    line.bar === undefined ? '–' : `${'atLeast' in line.bar ? '≥' : '≤'} ${shown(limitOf(line.bar), line.unit)}`,
    line.bar === undefined ? '–' : verdict(figure, line.bar, line.unit),
    line.measured,
  ];
}

const limitOf = (bar: Bar): number => ('atLeast' in bar ? bar.atLeast : bar.atMost);

function shown(value: number, unit: Line['unit']): string {
  return unit === '×' ? value.toFixed(2) : Math.round(value).toLocaleString('en');
}

function verdict(figure: number, bar: Bar, unit: Line['unit']): string {
  const isHeld = 'atLeast' in bar ? figure >= bar.atLeast : figure <= bar.atMost;
  return isHeld ? 'held' : `missed by ${shown(Math.abs(figure - limitOf(bar)), unit)}`;
}
