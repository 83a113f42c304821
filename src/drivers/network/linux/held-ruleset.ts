import type { HeldRuleset } from '../../../model/network/held.ts';
import { dropSets } from '../../../model/network/ruleset.ts';

const blockPattern = /^\t(?<kind>chain|set|map) (?<name>\S+) \{$/u;
const filled: ReadonlySet<string> = new Set(Object.values(dropSets));

/** Reads what `nft --stateless list ruleset` prints: tables of blocks of lines, one tab deeper each. */
export function readHeldRuleset(text: string): HeldRuleset {
  const chains = new Map<string, readonly string[]>();
  const sets = new Map<string, readonly string[]>();
  const lines = text.split('\n').values();
  let family = '';
  for (const line of lines) {
    const table = /^table (?<family>\S+) \S+ \{$/u.exec(line)?.groups;
    if (table !== undefined) family = table['family'] === 'ip' ? '' : `${table['family']} `;
    const block = blockPattern.exec(line)?.groups;
    if (block === undefined) continue;
    const body = bodyOf(lines);
    const name = `${family}${block['name']}`;
    if (block['kind'] === 'chain') chains.set(name, body);
    else if (!filled.has(name)) sets.set(name, elementsOf(body.join(' ')));
  }
  return { chains, sets };
}

/** The lines up to the end of a block. */
function bodyOf(lines: Iterator<string>): string[] {
  const body: string[] = [];
  for (let next = lines.next(); next.done !== true && next.value !== '\t}'; next = lines.next()) body.push(next.value.trim());
  return body;
}

function elementsOf(body: string): string[] {
  const elements = /elements = \{ (?<elements>.*) \}/u.exec(body)?.groups?.['elements'] ?? '';
  return elements
    .split(',')
    .map((element) => element.trim())
    .filter((element) => element !== '')
    .toSorted();
}
