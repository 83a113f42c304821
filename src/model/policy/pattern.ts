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

/** A pattern over a whole text. */
export function compilePattern(source: string, syntax: PatternSyntax): Matcher {
  return matcherOf(partsOf(source, syntax), syntax.ignoreCase === true);
}

/**
 * A pattern over an ARN: the first five fields are matched one by one, a wildcard does not reach over their colons;
 * the sixth is matched as a whole, colons and slashes included. Missing fields are completed with `*`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function compileArnPattern(source: string, syntax: PatternSyntax): Matcher {
  if (source === '*') return () => yes;
  const fields = splitFields(partsOf(source, syntax));
  while (fields.length < 6) fields.push([{ glob: [anyRun] }]);
  if (fields.slice(0, 5).every((field) => field.every((part) => 'glob' in part && part.glob.every((code) => code >= 0)))) {
    const whole = fields.flatMap((field, index) => (index === 0 ? field : [{ glob: codesOf(':') }, ...field]));
    return matcherOf(whole, false);
  }
  const matchers = fields.map((field) => matcherOf(field, false));
  return (text, keys) => {
    const parts = arnFields(text);
    if (parts === undefined) return no;
    let result: Truth = yes;
    for (let index = 0; index < 6 && result !== no; index += 1) {
      result = both(result, (matchers[index] as Matcher)(parts[index] as string, keys));
    }
    return result;
  };
}

/** Matches what any of these matches. */
export function anyOf(matchers: readonly Matcher[]): Matcher {
  const [only] = matchers;
  if (only !== undefined && matchers.length === 1) return only;
  return (text, keys) => {
    let result: Truth = no;
    for (const matches of matchers) {
      result = either(result, matches(text, keys));
      if (result === yes) return yes;
    }
    return result;
  };
}

/** A plain pattern with `*` and `?` that needs no keys. */
export const compileGlob = (source: string): ((text: string) => boolean) => globMatcher(globOf(source));

/** The six fields of an ARN: `arn`, partition, service, region, account, resource. */
export function arnFields(arn: string): readonly string[] | undefined {
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
  if (parts.every((part) => 'glob' in part)) {
    const matches = globMatcher(foldGlob(parts.flatMap((part) => part.glob)));
    return ignoreCase ? (text) => truthOf(matches(fold(text))) : (text) => truthOf(matches(text));
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

/** The usual shapes need no search: everything, one text, one prefix, texts between stars. */
function globMatcher(glob: Glob): (text: string) => boolean {
  if (glob.includes(anyOne)) return (text) => globMatches(glob, text);
  const literals = literalsOf(glob);
  const [first = ''] = literals;
  if (literals.length === 1) return (text) => text === first;
  const begins = beginning(first);
  const last = literals.at(-1) as string;
  const between = literals.slice(1, -1).filter((literal) => literal !== '');
  if (between.length === 0 && last === '') return begins;
  return (text) => begins(text) && text.length >= first.length + last.length && text.endsWith(last) && holdsInOrder(text, between, first, last);
}

/** What stands between the stars. */
function literalsOf(glob: Glob): string[] {
  const literals = [''];
  for (const code of glob) {
    if (code === anyRun) literals.push('');
    else literals[literals.length - 1] += String.fromCharCode(code);
  }
  return literals;
}

/** Whether the text holds these, one after the other and apart, between its beginning and its end. The earliest place is the best. */
function holdsInOrder(text: string, literals: readonly string[], beginning: string, end: string): boolean {
  let at = beginning.length;
  for (const literal of literals) {
    const found = text.indexOf(literal, at);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return at <= text.length - end.length;
}

/** Texts that differ mostly do so in the last character of what is compared, not in the first: `arn:aws:…`. */
function beginning(literal: string): (text: string) => boolean {
  if (literal === '') return () => true;
  const lastAt = literal.length - 1;
  const last = literal.charCodeAt(lastAt);
  return (text) => text.charCodeAt(lastAt) === last && text.startsWith(literal);
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
