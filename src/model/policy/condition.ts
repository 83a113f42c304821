import type { Condition } from './document.ts';
import { operators } from './operators.ts';
import { anyOf, type Matcher } from './pattern.ts';
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
  const matchers: Matcher[] = [];
  for (const value of values) {
    const matcher = base.compile(value, variables);
    if (typeof matcher === 'string') return matcher;
    matchers.push(matcher);
  }
  const matches = anyOf(matchers);
  const judge = quantifiers[quantifier as keyof typeof quantifiers] ?? single;
  const absent = ifExists === undefined ? judge.absent(base.negated) : yes;
  return (keys) => {
    const value = keys.lookup(lowerCaseKey);
    if (value === 'unknown') return maybe;
    if (isAbsent(value)) return absent;
    return judge.present(value, base.negated, (candidate) => matches(candidate, keys));
  };
}

interface Quantifier {
  /** `negated`: the operator is `StringNotEquals`, `NotIpAddress`, … */
  readonly absent: (negated: boolean) => Truth;
  readonly present: (values: readonly string[], negated: boolean, matches: (value: string) => Truth) => Truth;
}

/** Without a quantifier an absent key fails a positive operator and satisfies a negated one. */
const single: Quantifier = {
  absent: truthOf,
  present(values, negated, matches) {
    const matched = values.reduce<Truth>((sofar, value) => either(sofar, matches(value)), no);
    return negated ? not(matched) : matched;
  },
};

const quantifiers: Readonly<Record<'ForAllValues' | 'ForAnyValue', Quantifier>> = {
  ForAllValues: {
    absent: () => yes,
    present: (values, negated, matches) => values.reduce<Truth>((sofar, value) => both(sofar, negated ? not(matches(value)) : matches(value)), yes),
  },
  ForAnyValue: {
    absent: () => no,
    present: (values, negated, matches) => values.reduce<Truth>((sofar, value) => either(sofar, negated ? not(matches(value)) : matches(value)), no),
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
