/**
 * Every constraint of every member of every operation that is built, broken one by one through the whole of validation. The
 * sentences are written out here once more: the code that words them is what is tested.
 */
import { describe, expect, it } from 'vitest';
import type { Constraint } from '../../../src/aws/constraints.ts';
import { serviceModel } from '../../../src/aws/service-model.ts';
import type { Member, OperationShape, Structure } from '../../../src/aws/shape.ts';
import { validate } from '../../../src/aws/validate.ts';
import { sagemaker } from '../../../src/services/sagemaker/registry.ts';
import { SmallestValues } from './constraint-values.ts';

const model = serviceModel('sagemaker');
const values = new SmallestValues(model.constraints);

/** One broken constraint: an input that is whole but for it, and what AWS says. */
interface Broken {
  readonly name: string;
  readonly input: Record<string, unknown>;
  readonly says: string;
  /** A broken value may break a second constraint, too: a text that is too long is often no match either. */
  readonly alone: boolean;
}

/** Puts a value into the place of a member, in a copy of the whole input. */
type Place = (value: unknown) => Record<string, unknown>;

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

function* walk(
  shape: Structure,
  path: string,
  place: (change: (whole: Record<string, unknown>) => void) => Record<string, unknown>,
): Generator<Broken> {
  for (const member of shape.members) {
    const own = `${path}${lowerFirst(member.name)}`;
    const put: Place = (value) =>
      place((whole) => {
        if (shape.form === 'union') for (const name of Object.keys(whole)) delete whole[name];
        if (value === undefined) delete whole[member.name];
        else whole[member.name] = value;
      });
    if (member.required && member.traits.idempotencyToken !== 1) {
      yield {
        name: `${own} is missing`,
        input: put(undefined),
        says: `Value null at '${own}' failed to satisfy constraint: Member must not be null`,
        alone: true,
      };
    }
    const constraint = model.constraints.of(shape.name, member.name);
    if (constraint !== undefined) yield* brokenOnes(own, member, constraint, put);
    yield* inside(member, own, put, shape);
  }
}

function* inside(member: Member, own: string, put: Place, parent: Structure): Generator<Broken> {
  const { shape } = member;
  const smallest = () => structuredClone(values.member(parent, member));
  if (shape.kind === 'structure') {
    yield* walk(shape, `${own}.`, (change) => {
      const value = smallest() as Record<string, unknown>;
      change(value);
      return put(value);
    });
  }
  if (shape.kind === 'list' && shape.item.shape.kind === 'structure') {
    yield* walk(shape.item.shape, `${own}.1.member.`, (change) => {
      const list = smallest() as Record<string, unknown>[];
      change(list[0] as Record<string, unknown>);
      return put(list);
    });
  }
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, item]) => `${key}=${shown(item)}`);
  return `{${entries.join(', ')}}`;
}

function* brokenOnes(own: string, member: Member, constraint: Constraint, put: Place): Generator<Broken> {
  const says = (value: unknown, sentence: string): string =>
    `Value ${member.traits.sensitive === 1 ? "'***Sensitive***'" : `'${shown(value)}'`} at '${own}' failed to satisfy constraint: ${sentence}`;
  const { kind } = member.shape;
  const { min, max, pattern, enum: names } = constraint;
  const broken = (what: string, value: unknown, sentence: string): Broken => {
    return { name: `${own} breaks ${what}`, input: put(value), says: says(value, sentence), alone: pattern === undefined };
  };
  const [small, large] = kind === 'number' ? ([min, max] as const) : ([min === 0 ? undefined : min, max] as const);
  const measure = kind === 'number' ? 'value' : 'length';
  if (small !== undefined) yield broken('its minimum', sized(kind, small - 1), `Member must have ${measure} greater than or equal to ${small}`);
  // Lists and maps of structures are too long before what they hold is looked at.
  if (large !== undefined && large < 1_000_000) {
    yield { ...broken('its maximum', sized(kind, large + 1), `Member must have ${measure} less than or equal to ${large}`), alone: false };
  }
  if (kind === 'string' && names !== undefined) yield broken('its names', 'NoSuchName', `Member must satisfy enum value set: [${names.join(', ')}]`);
  const mismatch = pattern === undefined ? undefined : ['\n', '!', ' ', ''].find((text) => !model.constraints.matches(pattern, text));
  if (pattern !== undefined && mismatch !== undefined) {
    yield broken('its pattern', mismatch, `Member must satisfy regular expression pattern: ${pattern}`);
  }
}

function sized(kind: string, size: number): unknown {
  if (kind === 'number') return size;
  if (kind === 'list') return Array.from({ length: size }, () => 'a');
  if (kind === 'map') return Object.fromEntries(Array.from({ length: size }, (_, index) => [`k${index}`, 'a']));
  return 'a'.repeat(size);
}

const operations = Object.keys(sagemaker).map((name) => model.shapes.operation(name) as OperationShape);

function messageOf(operation: OperationShape, input: Record<string, unknown>): string {
  try {
    validate(model, operation, input);
    return '';
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code} ${message}`;
  }
}

describe.each(operations)('$name', (operation) => {
  const whole = (): Record<string, unknown> => values.structure(operation.input);
  const all = [
    ...walk(operation.input, '', (change) => {
      const input = whole();
      change(input);
      return input;
    }),
  ];

  it('takes the smallest input', () => {
    expect(messageOf(operation, whole())).toBe('');
  });

  it('refuses each broken constraint with its sentence, at its path', () => {
    const wrong = all.flatMap(({ name, input, says, alone }) => {
      const message = messageOf(operation, input);
      const isTold = alone
        ? message === `ValidationException 1 validation error detected: ${says}`
        : /^ValidationException \d+ validation errors? detected: /u.test(message) && message.includes(says);
      return isTold ? [] : [{ name, message, says }];
    });
    expect(wrong).toEqual([]);
  });

  it('joins what several members break, in the order of the model', () => {
    const missing = operation.input.members.filter(({ required, traits }) => required && traits.idempotencyToken !== 1);
    const count = `${missing.length} validation error${missing.length === 1 ? '' : 's'} detected`;
    const sentences = missing.map(({ name }) => `Value null at '${lowerFirst(name)}' failed to satisfy constraint: Member must not be null`);
    expect(messageOf(operation, {})).toBe(missing.length === 0 ? '' : `ValidationException ${count}: ${sentences.join('; ')}`);
  });
});

it('walks as many constraints as there are', () => {
  const count = (name: string): number => {
    const operation = model.shapes.operation(name) as OperationShape;
    return [...walk(operation.input, '', () => ({}))].length;
  };
  expect(count('CreateTrainingJob')).toBeGreaterThan(200);
  expect(count('ListTrainingJobs')).toBeGreaterThan(8);
  expect(count('CreateCompilationJob')).toBeGreaterThan(30);
  expect(count('ListCompilationJobs')).toBeGreaterThan(6);
});
