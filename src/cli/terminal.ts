import { stripVTControlCharacters } from 'node:util';

/** Where the command line writes. Colours only on a terminal that wants them (https://no-color.org). */
export interface Terminal {
  line(text?: string): void;
  heading(text: string): void;
  /** Something that was done: a mark, what, and the ids. */
  done(text: string): void;
  /** Something that was refused, as it should be. */
  refused(text: string): void;
  note(text: string): void;
  /** A line of somebody's log, as it is. */
  log(text: string): void;
  /** A command a user could type. */
  command(text: string): void;
  table(header: readonly string[], rows: readonly (readonly string[])[]): void;
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
type Style = keyof typeof codes;

export const wantsColours = (out: { readonly isTTY: boolean }, environment: Readonly<Record<string, string | undefined>>): boolean =>
  out.isTTY && environment['NO_COLOR'] === undefined && environment['TERM'] !== 'dumb';

export function createTerminal(out: NodeJS.WriteStream, environment: Readonly<Record<string, string | undefined>>): Terminal {
  const colours = wantsColours(out, environment);
  const width = Math.min(out.columns ?? 100, 120);
  const paint = (style: Style, text: string): string => (colours ? `\u001B[${codes[style]}m${text}\u001B[0m` : text);
  const write = (text: string): void => {
    out.write(`${text}\n`);
  };
  const indented = (mark: string, text: string): void => {
    for (const [index, row] of wrap(text, width - 4).entries()) write(`${index === 0 ? `  ${mark} ` : '    '}${row}`);
  };
  return {
    line: (text = '') => write(text),
    heading: (text) => write(`\n${paint('bold', text)}`),
    done: (text) => indented(paint('green', '✓'), text),
    refused: (text) => indented(paint('red', '✗'), text),
    note: (text) => {
      for (const row of wrap(text, width - 4)) write(`    ${paint('dim', row)}`);
    },
    log: (text) => write(`    ${paint('dim', `| ${text}`)}`),
    command: (text) => write(`  ${paint('cyan', `$ ${text}`)}`),
    table(header, rows) {
      const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => stripVTControlCharacters(row[column] ?? '').length)));
      const format = (row: readonly string[]): string =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}`;
      write(paint('bold', format(header)));
      for (const row of rows) write(format(row));
    },
  };
}

/** Breaks at spaces; a word longer than the width stays whole, so ids and ARNs can be copied. */
function wrap(text: string, width: number): string[] {
  const rows: string[] = [];
  for (const paragraph of text.split('\n')) {
    let row = '';
    for (const word of paragraph.split(' ')) {
      if (row !== '' && row.length + 1 + word.length > width) {
        rows.push(row);
        row = word;
      } else row = row === '' ? word : `${row} ${word}`;
    }
    rows.push(row);
  }
  return rows;
}
