import { both, either, maybe, no, truthOf, yes, type Truth } from './truth.ts';
import type { RequestKeys } from './request-keys.ts';

/** A compiled text pattern of a policy: wildcards, and in `2012-10-17` documents policy variables. */
export type Matcher = (text: string, keys: RequestKeys) => Truth;

export interface PatternSyntax {
  /** `*` is any run of characters, `?` is any one. */
  readonly wildcards: boolean;
  /** `${key}`, `${key, 'default'}`, and the escapes `${*}`, `${?}`, `${$}`. */
  readonly variables: boolean;
  readonly ignoreCase?: boolean;
}

const anyRun = -1;
const anyOne = -2;
/** Character codes, `anyRun`, `anyOne`. Numbers, so that a variable's value can hold no wildcard. */
type Glob = readonly number[];
type Part = { readonly glob: Glob } | { readonly key: string; readonly fallback: string | undefined };

const codesOf = (text: string): number[] => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));

/** What a pattern comes to: one text, an expression that is decided in linear time, or a function where neither will do. */
export type Pattern = { readonly text: string } | { readonly expression: string } | { readonly matches: Matcher };

/** A pattern over a whole text. */
export function compilePattern(source: string, syntax: PatternSyntax): Pattern {
  const parts = partsOf(source, syntax);
  if (syntax.ignoreCase === true) return { matches: matcherOf(parts, true) };
  return staticPattern(parts, [{ parts, reach: anyCharacter }]) ?? { matches: matcherOf(parts, false) };
}

/**
 * A pattern over an ARN: the first five fields are matched one by one, a wildcard does not reach over their colons;
 * the sixth is matched as a whole, colons and slashes included. Missing fields are completed with `*`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function compileArnPattern(source: string, syntax: PatternSyntax): Pattern {
  if (source === '*') return { expression: '' };
  const fields = splitFields(partsOf(source, syntax));
  // A variable alone stands for a whole ARN.
  if (fields.length === 1 && fields[0]?.some((part) => 'key' in part)) return { matches: matcherOf(fields[0], false) };
  while (fields.length < 6) fields.push([{ glob: [anyRun] }]);
  const whole = fields.flatMap((field, index) => (index === 0 ? field : [{ glob: codesOf(':') }, ...field]));
  const stretches = fields.map((parts, index) => ({ parts, reach: index < 5 ? withinField : anyCharacter }));
  const pattern = staticPattern(whole, stretches);
  if (pattern !== undefined) return pattern;
  const matchers = fields.map((field) => matcherOf(field, false));
  return {
    matches: (text, keys) => {
      const parts = arnFields(text);
      if (parts === undefined) return no;
      let result: Truth = yes;
      for (let index = 0; index < 6 && result !== no; index += 1) {
        result = both(result, (matchers[index] as Matcher)(parts[index] as string, keys));
      }
      return result;
    },
  };
}

/** Matches what any of these matches. One expression for many patterns is tested as fast as for one. */
export function anyOf(patterns: readonly Pattern[]): Matcher {
  const texts = new Set(patterns.flatMap((pattern) => ('text' in pattern ? [pattern.text] : [])));
  const expressions = patterns.flatMap((pattern) => ('expression' in pattern ? [pattern.expression] : []));
  const matchers = patterns.flatMap((pattern) => ('matches' in pattern ? [pattern.matches] : []));
  if (expressions.includes('')) return () => yes;
  const tests = inGroups(expressions).map((group) => new RegExp(`^(?:${group.join('|')})`));
  const [only] = matchers;
  if (texts.size + tests.length === 0 && matchers.length === 1 && only !== undefined) return only;
  return (text, keys) => {
    if (texts.has(text)) return yes;
    for (const expression of tests) if (expression.test(text)) return yes;
    let result: Truth = no;
    for (const matches of matchers) {
      result = either(result, matches(text, keys));
      if (result === yes) return yes;
    }
    return result;
  };
}

/** An expression that is too long is not translated into machine code. */
const expressionLengthMax = 4_096;

function inGroups(expressions: readonly string[]): string[][] {
  const groups: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const expression of expressions) {
    length += expression.length + 1;
    if (length > expressionLengthMax) {
      groups.push([]);
      length = expression.length;
    }
    groups.at(-1)?.push(expression);
  }
  return groups;
}

/** Parts of a pattern that match by themselves, and what a wildcard in them may stand for. */
interface Stretch {
  readonly parts: readonly Part[];
  readonly reach: string;
}

const anyCharacter = '[^]';
const withinField = '[^:]';

/** The pattern as a text or an expression; undefined when it has variables, or stars enough for a search in more than linear time. */
function staticPattern(parts: readonly Part[], stretches: readonly Stretch[]): Pattern | undefined {
  const glob = globOfParts(parts);
  if (glob === undefined) return undefined;
  if (glob.every((code) => code >= 0)) return { text: textOf(glob) };
  const sources: string[] = [];
  for (const [index, stretch] of stretches.entries()) {
    const own = globOfParts(stretch.parts) as Glob;
    const endsOpen = index === stretches.length - 1 && own.at(-1) === anyRun;
    const searched = endsOpen ? own.slice(0, -1) : own;
    if (searched.filter((code) => code === anyRun).length > 1) return undefined;
    sources.push(searched.map((code) => sourceOf(code, stretch.reach)).join('') + (index < stretches.length - 1 || endsOpen ? '' : '$'));
  }
  return { expression: sources.join(':') };
}

function sourceOf(code: number, reach: string): string {
  if (code === anyRun) return `${reach}*?`;
  return code === anyOne ? reach : `\\u${code.toString(16).padStart(4, '0')}`;
}

const globOfParts = (parts: readonly Part[]): Glob | undefined =>
  parts.every((part) => 'glob' in part) ? parts.flatMap((part) => part.glob) : undefined;

const textOf = (glob: Glob): string => glob.map((code) => String.fromCharCode(code)).join('');

/** A plain pattern with `*` and `?` that needs no keys. */
export function compileGlob(source: string): (text: string) => boolean {
  const glob = globOf(source);
  return (text) => globMatches(glob, text);
}

/** The six fields of an ARN: `arn`, partition, service, region, account, resource. */
function arnFields(arn: string): readonly string[] | undefined {
  const fields = arn.split(':');
  if (fields.length < 6) return undefined;
  return [...fields.slice(0, 5), fields.slice(5).join(':')];
}

function partsOf(source: string, { wildcards, variables }: PatternSyntax): Part[] {
  const parts: Part[] = [];
  const tokens = variables ? source.split(/(\$\{[^}]*\})/) : [source];
  for (const [index, token] of tokens.entries()) {
    if (token === '') continue;
    const variable = index % 2 === 1 ? token.slice(2, -1).trim() : undefined;
    if (variable === '*' || variable === '?' || variable === '$') parts.push({ glob: codesOf(variable) });
    else if (variable === undefined) parts.push({ glob: wildcards ? globOf(token) : codesOf(token) });
    else {
      const [, key = variable, fallback] = /^([^,]*?)\s*,\s*'(.*)'$/.exec(variable) ?? [];
      parts.push({ key: key.toLowerCase(), fallback });
    }
  }
  return parts;
}

function globOf(text: string): number[] {
  return codesOf(text).map((code) => (code === 42 ? anyRun : code === 63 ? anyOne : code));
}

/** At the first five colons of literal text: a colon inside `${aws:username}` separates nothing. */
function splitFields(parts: readonly Part[]): Part[][] {
  const fields: Part[][] = [[]];
  for (const part of parts) {
    if (!('glob' in part)) {
      fields.at(-1)?.push(part);
      continue;
    }
    let rest = part.glob;
    for (let colon = rest.indexOf(58); colon >= 0 && fields.length < 6; colon = rest.indexOf(58)) {
      fields.at(-1)?.push({ glob: rest.slice(0, colon) });
      fields.push([]);
      rest = rest.slice(colon + 1);
    }
    fields.at(-1)?.push({ glob: rest });
  }
  return fields;
}

function matcherOf(parts: readonly Part[], ignoreCase: boolean): Matcher {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const foldGlob = (glob: Glob): Glob =>
    ignoreCase ? glob.flatMap((code) => (code < 0 ? [code] : codesOf(String.fromCharCode(code).toLowerCase()))) : glob;
  const fixed = globOfParts(parts);
  if (fixed !== undefined) {
    const glob = foldGlob(fixed);
    return (text) => truthOf(globMatches(glob, fold(text)));
  }
  return (text, keys) => {
    let glob: Glob = [];
    for (const part of parts) {
      if ('glob' in part) {
        glob = glob.concat(foldGlob(part.glob));
        continue;
      }
      const value = keys.lookup(part.key);
      if (value === 'unknown') return maybe;
      const resolved = value?.length === 1 ? value[0] : value === undefined || value.length === 0 ? part.fallback : undefined;
      // Without a value the element matches nothing; a key of several values cannot be a variable.
      if (resolved === undefined) return no;
      glob = glob.concat(codesOf(fold(resolved)));
    }
    return truthOf(globMatches(glob, fold(text)));
  };
}

/** Greedy with one point to return to: at worst the product of the lengths, whatever the pattern. */
function globMatches(glob: Glob, text: string): boolean {
  let at = 0;
  let position = 0;
  let runAt = -1;
  let runPosition = 0;
  while (position < text.length) {
    const code = glob[at];
    if (code === anyOne || code === text.charCodeAt(position)) {
      at += 1;
      position += 1;
    } else if (code === anyRun) {
      runAt = at;
      runPosition = position;
      at += 1;
    } else if (runAt >= 0) {
      at = runAt + 1;
      runPosition += 1;
      position = runPosition;
    } else return false;
  }
  while (glob[at] === anyRun) at += 1;
  return at === glob.length;
}
