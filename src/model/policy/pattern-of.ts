import type { PolicyVersion } from './document.ts';

/** A text as a pattern for nothing but itself. Documents of 2008 have no escapes: there a `*` in a name is a wildcard. */
export function asPattern(text: string, version: PolicyVersion): string {
  if (version === '2008-10-17' || text === '*') return text;
  return text.replaceAll(/[*?]|\$(?=\{)/g, (character) => `\${${character}}`);
}
