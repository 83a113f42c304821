import type { Condition } from './document.ts';
import { operators } from './operators.ts';
import { anyOf, type Matcher, type Pattern } from './pattern.ts';
import type { KeyValue, RequestKeys } from './request-keys.ts';
import { both, either, maybe, no, not, truthOf, yes, type Truth } from './truth.ts';

export type CompiledCondition = (keys: RequestKeys) => Truth;

const operatorForm = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

/** A function of the request's keys; a sentence when the operator or one of its values is not one. */
export function compileCondition({ operator, key, values }: Condition, variables: boolean): CompiledCondition | string {
  const [, quantifier, name = '', ifExists] = operatorForm.exec(operator) ?? [];
  const lowerCaseKey = key.toLowerCase();
  if (name === 'Null')
    return quantifier === undefined && ifExists === undefined ? compileNull(lowerCaseKey, values) : `${operator} is not a condition operator`;
  const base = operators.get(name);
  if (base === undefined) return `${operator} is not a condition operator`;
  const patterns: Pattern[] = [];
  for (const value of values) {
    const pattern = base.compile(value, variables);
    if (typeof pattern === 'string') return pattern;
    patterns.push(pattern);
  }
  const matches = anyOf(patterns);
  const judge = quantifiers[quantifier as keyof typeof quantifiers] ?? anyMatches;
  const { negated } = base;
  const absent = ifExists === undefined ? whenAbsent(quantifier, negated) : yes;
  return (keys) => {
    const values = keys.lookup(lowerCaseKey);
    if (values === 'unknown') return maybe;
    return isAbsent(values) ? absent : judge(values, negated, matches, keys);
  };
}

/** Without a quantifier an absent key fails a positive operator and satisfies a negated one. */
function whenAbsent(quantifier: string | undefined, negated: boolean): Truth {
  return quantifier === undefined ? truthOf(negated) : truthOf(quantifier === 'ForAllValues');
}

/** `negated`: the operator is `StringNotEquals`, `NotIpAddress`, … */
type Judge = (values: readonly string[], negated: boolean, matches: Matcher, keys: RequestKeys) => Truth;

/** Written as loops: closures for each value are most of what a condition costs. */
const anyMatches: Judge = (values, negated, matches, keys) => {
  let matched: Truth = no;
  for (const value of values) matched = either(matched, matches(value, keys));
  return negated ? not(matched) : matched;
};

const quantifiers: Readonly<Record<'ForAllValues' | 'ForAnyValue', Judge>> = {
  ForAllValues(values, negated, matches, keys) {
    let result: Truth = yes;
    for (const value of values) result = both(result, negated ? not(matches(value, keys)) : matches(value, keys));
    return result;
  },
  ForAnyValue(values, negated, matches, keys) {
    let result: Truth = no;
    for (const value of values) result = either(result, negated ? not(matches(value, keys)) : matches(value, keys));
    return result;
  },
};

function compileNull(key: string, values: readonly string[]): CompiledCondition | string {
  const wanted = values.map((value) => value.toLowerCase());
  const stray = wanted.find((value) => value !== 'true' && value !== 'false');
  if (stray !== undefined) return `${stray} is not true or false`;
  return (keys) => {
    const value = keys.lookup(key);
    return value === 'unknown' ? maybe : truthOf(wanted.includes(String(isAbsent(value))));
  };
}

const isAbsent = (value: Exclude<KeyValue, 'unknown'>): value is undefined => value === undefined || value.length === 0;
