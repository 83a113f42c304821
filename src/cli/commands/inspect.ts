import { Api } from '../api.ts';
import { readRunningDaemon } from '../daemon-file.ts';
import type { Terminal } from '../terminal.ts';

interface Fact {
  readonly fact: string;
  readonly stored: readonly string[];
  readonly planned: readonly string[];
  readonly kernel: readonly string[];
  readonly agrees: boolean;
}

interface Inspection {
  readonly id: string;
  readonly kind: string;
  readonly agrees: boolean;
  readonly facts: readonly Fact[];
}

export interface InspectOptions {
  readonly data: string;
  readonly json: boolean;
}

const idPattern = /^[A-Za-z0-9._-]{1,128}$/u;

/** One resource as the rows, the plan and the kernel have it, and where they differ. Exit code 1 when they do. */
export async function inspect(terminal: Terminal, id: string, options: InspectOptions): Promise<void> {
  if (!idPattern.test(id)) throw new Error(`${id} is neither an id nor the name of a job`);
  const daemon = readRunningDaemon(options.data);
  const inspection = (await new Api(daemon).operator(`/_cloister/inspect/${id}`)) as Inspection;
  process.exitCode = inspection.agrees ? 0 : 1;
  if (options.json) {
    terminal.line(JSON.stringify(inspection, undefined, 2));
    return;
  }
  terminal.heading(`${inspection.kind} ${inspection.id}`);
  terminal.table(['', 'fact', 'stored', 'planned', 'kernel'], inspection.facts.flatMap(rowsOf));
  terminal.line();
  if (inspection.agrees) terminal.done('what is stored, what is planned and what the kernel holds agree');
  else terminal.refused('marked with ✗ is what does not agree');
}

/** What agrees is told in short; what does not, line by line, with a mark before those that the other column lacks. */
function rowsOf({ fact, stored, planned, kernel, agrees }: Fact): string[][] {
  if (agrees) return [['✓', fact, inShort(stored), inShort(planned), inShort(kernel)]];
  const marked = (lines: readonly string[], others: readonly string[]): string[] =>
    lines.length === 0 ? ['! none'] : lines.map((line) => (others.includes(line) ? `  ${line}` : `! ${line}`));
  const columns = [stored, marked(planned, kernel), marked(kernel, planned)];
  const height = Math.max(1, ...columns.map((column) => column.length));
  return Array.from({ length: height }, (_, row) => [row === 0 ? '✗' : '', row === 0 ? fact : '', ...columns.map((column) => column[row] ?? '')]);
}

function inShort(lines: readonly string[]): string {
  if (lines.length === 0) return '–';
  return lines.length <= 2 ? lines.join(', ') : `${lines.length} lines`;
}
