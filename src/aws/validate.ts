import { AwsError } from './aws-error.ts';
import type { Constraint, ConstraintTable } from './constraints.ts';
import type { ServiceModel } from './service-model.ts';
import type { Member, OperationShape, Shape, Structure } from './shape.ts';

/** One broken constraint. `sentence` is AWS's, after "failed to satisfy constraint:". */
export interface Problem {
  /** `vpcConfig.subnets`, `tags.1.member.key` */
  readonly path: string;
  readonly member: Member;
  readonly value: unknown;
  readonly broken: 'missing' | 'integer' | 'min' | 'max' | 'pattern' | 'enum' | 'items';
  readonly sentence: string;
  readonly constraint: Constraint;
}

/** As many as a reply can usefully hold. */
const problemLimit = 20;
/** A pattern is not tried on longer values: they have broken their maximum, and no pattern of AWS needs more. */
const patternInputLimit = 128 * 1024;

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

/** Everything in an input that AWS's model does not allow, in the order of the model. */
function findProblems(shape: Structure, input: Readonly<Record<string, unknown>>, constraints: ConstraintTable): readonly Problem[] {
  const finder = new ProblemFinder(constraints);
  finder.structure(shape, input, '');
  return finder.problems;
}

class ProblemFinder {
  readonly problems: Problem[] = [];
  readonly #constraints: ConstraintTable;

  constructor(constraints: ConstraintTable) {
    this.#constraints = constraints;
  }

  structure(shape: Structure, value: Readonly<Record<string, unknown>>, prefix: string): void {
    for (const member of shape.members) {
      const item = value[member.name];
      const path = `${prefix}${lowerFirst(member.name)}`;
      if (item === undefined) {
        const isMissing = member.required && member.traits.idempotencyToken !== 1;
        if (isMissing) this.#add({ path, member, value: item, broken: 'missing', sentence: 'Member must not be null', constraint: {} });
        continue;
      }
      const constraint = this.#constraints.of(shape.name, member.name);
      if (constraint !== undefined) this.#check(member, item, path, constraint);
      this.#inside(member.shape, item, path);
    }
  }

  #add(problem: Problem): void {
    if (this.problems.length < problemLimit) this.problems.push(problem);
  }

  #inside(shape: Shape, value: unknown, path: string): void {
    if (shape.kind === 'structure') this.structure(shape, value as Readonly<Record<string, unknown>>, `${path}.`);
    if (shape.kind === 'list') {
      for (const [index, item] of (value as readonly unknown[]).entries()) this.#inside(shape.item.shape, item, `${path}.${index + 1}.member`);
    }
    if (shape.kind === 'map') {
      for (const [key, item] of Object.entries(value as object)) this.#inside(shape.value.shape, item, `${path}.${key}.member`);
    }
  }

  #check(member: Member, value: unknown, path: string, constraint: Constraint): void {
    const { shape } = member;
    for (const broken of brokenParts(constraint, value, this.#constraints)) {
      this.#add({ path, member, value, broken, sentence: sentenceOf(broken, constraint, typeof value === 'number'), constraint });
    }
    const held: (readonly [string, string | undefined, readonly unknown[]])[] = [];
    if (shape.kind === 'list') held.push(['Member', constraint.member, value as readonly unknown[]]);
    if (shape.kind === 'map')
      held.push(['Map keys', constraint.key, Object.keys(value as object)], ['Map value', constraint.value, Object.values(value as object)]);
    for (const [subject, name, items] of held) {
      const rule = this.#constraints.rule(name);
      if (rule === undefined || items.every((item) => brokenParts(rule, item, this.#constraints).length === 0)) continue;
      this.#add({ path, member, value, broken: 'items', sentence: `${subject} must satisfy constraint: [${allSentences(rule)}]`, constraint });
    }
  }
}

type Part = 'integer' | 'min' | 'max' | 'pattern' | 'enum';

function brokenParts(constraint: Constraint, value: unknown, table: ConstraintTable): readonly Part[] {
  const broken: Part[] = [];
  const size = sizeOf(value);
  if (constraint.integer === 1 && typeof value === 'number' && !Number.isInteger(value)) broken.push('integer');
  if (constraint.max !== undefined && size > constraint.max) broken.push('max');
  if (constraint.min !== undefined && size < constraint.min) broken.push('min');
  if (typeof value !== 'string') return broken;
  const { pattern } = constraint;
  if (pattern !== undefined && (value.length > patternInputLimit || !table.matches(pattern, value))) broken.push('pattern');
  if (constraint.enum !== undefined && !constraint.enum.includes(value)) broken.push('enum');
  return broken;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return Object.keys(value as object).length;
}

function sentenceOf(part: Part, constraint: Constraint, isNumber: boolean): string {
  const measure = isNumber || constraint.integer === 1 ? 'value' : 'length';
  switch (part) {
    case 'integer':
      return 'Member must be an integer';
    case 'min':
      return `Member must have ${measure} greater than or equal to ${constraint.min}`;
    case 'max':
      return `Member must have ${measure} less than or equal to ${constraint.max}`;
    case 'pattern':
      return `Member must satisfy regular expression pattern: ${constraint.pattern}`;
    case 'enum':
      return `Member must satisfy enum value set: [${constraint.enum?.join(', ')}]`;
  }
}

/** Of what a list or map holds, AWS prints every constraint, not only the broken ones. */
function allSentences(constraint: Constraint): string {
  const parts = (['max', 'min', 'pattern', 'enum'] as const).filter((part) => constraint[part] !== undefined);
  return parts.map((part) => sentenceOf(part, constraint, false)).join(', ');
}

/** As Java prints it: `[a, b]`, `{k=v}`, without quotes. */
function printed(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}=${printed(item)}`)
    .join(', ')}}`;
}

/** Throws what the service would answer to an input that its model does not allow. */
export function validate(model: ServiceModel, operation: OperationShape, input: Readonly<Record<string, unknown>>): void {
  const problems = findProblems(operation.input, input, model.constraints);
  const first = problems[0];
  if (first === undefined) return;
  if (model.service === 'ec2') throw ec2Error(first);
  if (model.service === 's3') throw s3Error(first);
  const codes = { sagemaker: 'ValidationException', logs: 'InvalidParameterException', iam: 'ValidationError', sts: 'ValidationError' } as const;
  const sentences = problems.map((problem) => `Value ${quoted(problem)} at '${problem.path}' failed to satisfy constraint: ${problem.sentence}`);
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`;
  throw new AwsError(codes[model.service], `${count}: ${sentences.join('; ')}`);
}

function quoted({ value, member }: Problem): string {
  if (value === undefined) return 'null';
  return member.traits.sensitive === 1 ? "'***Sensitive***'" : `'${printed(value)}'`;
}

/** EC2 words its errors by itself, and one at a time. */
function ec2Error({ path, value, broken, constraint }: Problem): AwsError {
  if (broken === 'missing') return new AwsError('MissingParameter', `The request must contain the parameter ${path}`);
  const start = `Value ( ${printed(value)} ) for parameter ${path} is invalid.`;
  if (broken === 'min' && constraint.integer === 1)
    return new AwsError('InvalidParameterValue', `${start} Expecting a value greater than ${constraint.min}.`);
  if (broken === 'max' && constraint.integer === 1)
    return new AwsError('InvalidParameterValue', `${start} Expecting a value less than ${constraint.max}.`);
  return new AwsError('InvalidParameterValue', start);
}

/** S3 refuses a document that breaks its schema as a whole, and names a header or parameter. */
function s3Error({ member, value, broken }: Problem): AwsError {
  const { httpHeader, httpQuery, httpLabel, httpPayload } = member.traits;
  const name = httpHeader ?? httpQuery ?? (httpLabel === 1 ? member.name : undefined);
  if (broken === 'missing' && httpPayload === 1) return new AwsError('MissingRequestBodyError', 'Request Body is empty');
  if (name === undefined) {
    return new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  }
  if (name === 'x-amz-storage-class') return new AwsError('InvalidStorageClass', 'The storage class you specified is not valid');
  const detail = { ArgumentName: name, ArgumentValue: printed(value) };
  return new AwsError('InvalidArgument', `Invalid value for ${name}`, { detail });
}
