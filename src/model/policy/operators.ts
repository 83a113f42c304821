import { parseIpRange, rangeContains, type IpRange } from './ip-range.ts';
import { compileArnPattern, compilePattern, type Pattern, type PatternSyntax } from './pattern.ts';
import { truthOf } from './truth.ts';

/** A condition operator without its quantifier, `IfExists` and negation. */
export interface Operator {
  readonly negated: boolean;
  /** What a value of the policy is compared by; a sentence when the value is not one of this operator. */
  readonly compile: (value: string, variables: boolean) => Pattern | string;
}

type Compile = Operator['compile'];

const text =
  (syntax: Omit<PatternSyntax, 'variables'>): Compile =>
  (value, variables) =>
    compilePattern(value, { ...syntax, variables });

/** `ArnEquals` and `ArnLike` are one operator: field by field, with wildcards. */
const arn: Compile = (value, variables) => compileArnPattern(value, { wildcards: true, variables });

const ordered =
  (parse: (text: string) => number | undefined, kind: string, holds: (candidate: number, operand: number) => boolean): Compile =>
  (value) => {
    const operand = parse(value);
    if (operand === undefined) return `${value} is not ${kind}`;
    return {
      matches: (candidate) => {
        const parsed = parse(candidate);
        return truthOf(parsed !== undefined && holds(parsed, operand));
      },
    };
  };

const numeric = (holds: (candidate: number, operand: number) => boolean): Compile => ordered(parseNumber, 'a number', holds);
const date = (holds: (candidate: number, operand: number) => boolean): Compile => ordered(parseDate, 'a date', holds);

const bool: Compile = (value) => {
  const operand = value.toLowerCase();
  if (operand !== 'true' && operand !== 'false') return `${value} is not true or false`;
  return { matches: (candidate) => truthOf(candidate.toLowerCase() === operand) };
};

/** Every range of a policy is held against the one address of the request. */
let lastAddress: { readonly text: string; readonly address: IpRange | undefined } = { text: '', address: undefined };

function addressOf(text: string): IpRange | undefined {
  if (lastAddress.text !== text) lastAddress = { text, address: parseIpRange(text) };
  return lastAddress.address;
}

const ipAddress: Compile = (value) => {
  const range = parseIpRange(value);
  if (range === undefined) return `${value} is not an IP address or CIDR block`;
  return {
    matches: (candidate) => {
      const address = addressOf(candidate);
      return truthOf(address !== undefined && rangeContains(range, address));
    },
  };
};

const binary: Compile = (value) => ({ text: value });

const plain = { wildcards: false };
const equal = (a: number, b: number): boolean => a === b;
const less = (a: number, b: number): boolean => a < b;
const lessOrEqual = (a: number, b: number): boolean => a <= b;
const greater = (a: number, b: number): boolean => a > b;
const greaterOrEqual = (a: number, b: number): boolean => a >= b;

const when = (compile: Compile): Operator => ({ negated: false, compile });
const unless = (compile: Compile): Operator => ({ negated: true, compile });

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html (`Null` is apart). */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ['StringEquals', when(text(plain))],
  ['StringNotEquals', unless(text(plain))],
  ['StringEqualsIgnoreCase', when(text({ wildcards: false, ignoreCase: true }))],
  ['StringNotEqualsIgnoreCase', unless(text({ wildcards: false, ignoreCase: true }))],
  ['StringLike', when(text({ wildcards: true }))],
  ['StringNotLike', unless(text({ wildcards: true }))],
  ['NumericEquals', when(numeric(equal))],
  ['NumericNotEquals', unless(numeric(equal))],
  ['NumericLessThan', when(numeric(less))],
  ['NumericLessThanEquals', when(numeric(lessOrEqual))],
  ['NumericGreaterThan', when(numeric(greater))],
  ['NumericGreaterThanEquals', when(numeric(greaterOrEqual))],
  ['DateEquals', when(date(equal))],
  ['DateNotEquals', unless(date(equal))],
  ['DateLessThan', when(date(less))],
  ['DateLessThanEquals', when(date(lessOrEqual))],
  ['DateGreaterThan', when(date(greater))],
  ['DateGreaterThanEquals', when(date(greaterOrEqual))],
  ['Bool', when(bool)],
  ['BinaryEquals', when(binary)],
  ['IpAddress', when(ipAddress)],
  ['NotIpAddress', unless(ipAddress)],
  ['ArnEquals', when(arn)],
  ['ArnLike', when(arn)],
  ['ArnNotEquals', unless(arn)],
  ['ArnNotLike', unless(arn)],
]);

function parseNumber(value: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

const isoDate = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/;

/** Milliseconds of a W3C date or of UNIX epoch seconds. A time without a zone is UTC. Four digits are a year. */
function parseDate(value: string): number | undefined {
  if (/^\d{5,}(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const parts = isoDate.exec(value);
  if (parts === null) return undefined;
  const ms = Date.parse(parts[3] !== undefined && parts[6] === undefined ? `${value}Z` : value);
  return Number.isNaN(ms) ? undefined : ms;
}
