import type { SeedResult } from './run-row.ts';

const columns = 150;
const clipped = (text: string, width: number): string => {
  const line = text.replaceAll(/\s+/gu, ' ');
  return line.length <= width ? line.padEnd(width) : `${line.slice(0, width - 1)}…`;
};

/** One line per row; what is built has its request, its proof and its controls below it. */
export function tableOf(results: readonly SeedResult[]): string {
  const head = `${'id'.padEnd(4)} ${'verdict'.padEnd(9)} ${'control'.padEnd(8)} sentence`;
  return [head, ...results.flatMap(linesOf)].join('\n');
}

function linesOf({ id, verdict, negativeControl, sentence, client, command, proof, controls, seconds }: SeedResult): string[] {
  const first = `${id.padEnd(4)} ${verdict.padEnd(9)} ${negativeControl.padEnd(8)} ${clipped(sentence, columns - 24).trimEnd()}`;
  if (verdict === 'not built') return [first.trimEnd()];
  const details = [
    `${client}: ${command} (${seconds} s)`,
    `proof: ${proof}`,
    ...controls.map(({ without, outcome }) => `without ${without}: ${outcome}`),
  ];
  // What went wrong is shown whole.
  return [first, ...details.map((line) => (verdict === 'pass' ? `     ${clipped(line, columns - 5).trimEnd()}` : `     ${line}`))];
}
