import { createRequire } from 'node:module';
import { assert } from '../../src/stdx/assert.ts';

/**
 * Reads the static schemas that the SDK's clients carry. They are arrays: `[9, namespace, name, traits, input, output]`
 * for an operation, `[3, namespace, name, traits, member names, member refs, count of required members]` for a
 * structure (4 for a union, -3 for an error), `[1, …, item]`, `[2, …, key, value]`, `[0, …, ref]` for named lists, maps
 * and simple shapes. A ref is a schema, a function that returns one, `[ref, traits]`, or a number for a simple shape.
 */
type Schema = readonly unknown[];
type Traits = Readonly<Record<string, unknown>>;

/** One line of a generated table. */
export type Line = Readonly<Record<string, unknown>>;
export interface ShapeLines {
  readonly operations: ReadonlyMap<string, readonly unknown[]>;
  readonly shapes: ReadonlyMap<string, Line>;
}

const require = createRequire(import.meta.url);

const simpleNames: Readonly<Record<number, string>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  5: 'timestamp:date-time',
  6: 'timestamp:http-date',
  7: 'timestamp:epoch',
  15: 'document',
  17: 'bigint',
  19: 'bigdecimal',
  21: 'blob',
  42: 'stream',
};
const listFlag = 64;
const mapFlag = 128;

/** Traits without a value come as bits of one number, in this order. */
const flags = ['httpLabel', 'idempotent', 'idempotencyToken', 'sensitive', 'httpPayload', 'httpResponseCode', 'httpQueryParams'];
/** Not needed to read or write a message. */
const unused = new Set(['idempotent', 'eventPayload']);

/** The tables of every operation and error of one SDK client. */
export function readShapes(packageName: string): ShapeLines {
  const client = require(packageName) as Record<string, unknown>;
  const exported = Object.keys(client)
    .filter((key) => key.endsWith('$') && Array.isArray(client[key]))
    .sort()
    .map((key) => client[key] as Schema);
  const reader = new ShapeReader();
  for (const schema of exported) if (schema[0] === 9) reader.addOperation(schema);
  for (const schema of exported) if (schema[0] === -3) reader.reference(schema);
  return { operations: reader.operations, shapes: new Map([...reader.shapes].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

class ShapeReader {
  readonly operations = new Map<string, readonly unknown[]>();
  readonly shapes = new Map<string, Line>();
  readonly #seen = new Map<string, Schema>();

  addOperation(schema: Schema): void {
    const [, , name, traits, input, output] = schema;
    this.operations.set(name as string, [this.reference(input), this.reference(output), ...orNothing(traitsOf(traits))]);
  }

  /** `string`, `list<string>`, `#Name`, or `[reference, traits]`. */
  reference(schema: unknown): unknown {
    const ref: unknown = typeof schema === 'function' ? (schema as () => unknown)() : schema;
    if (ref === 'unit') return 'unit';
    if (typeof ref === 'number') return simple(ref);
    assert(Array.isArray(ref), `a schema reference is an array: ${String(ref)}`);
    if (ref.length === 2) {
      const traits = traitsOf(ref[1]);
      const inner = this.reference(ref[0]);
      return Object.keys(traits).length === 0 ? inner : [inner, traits];
    }
    return this.#named(ref);
  }

  #named(schema: Schema): string {
    const name = schema[2] as string;
    const known = this.#seen.get(name);
    assert(known === undefined || known === schema, `two shapes are called ${name}`);
    if (known === undefined) {
      this.#seen.set(name, schema);
      this.shapes.set(name, this.#line(schema));
    }
    return `#${name}`;
  }

  #line(schema: Schema): Line {
    const [kind, , , traits, first, second, required] = schema;
    const rest = orNothing(traitsOf(traits)).map((value) => ['traits', value] as const);
    const extra = Object.fromEntries(rest);
    if (kind === 0) return { simple: this.reference(first), ...extra };
    if (kind === 1) return { list: this.reference(first), ...extra };
    if (kind === 2) return { map: [this.reference(first ?? 0), this.reference(second)], ...extra };
    const word = kind === 3 ? 'structure' : kind === 4 ? 'union' : 'error';
    const names = first as readonly string[];
    const members = Object.fromEntries(names.map((name, index) => [name, withoutDefaults(name, this.reference((second as Schema)[index]))]));
    return { [word]: members, ...(required === undefined || required === 0 ? {} : { required }), ...extra };
  }
}

function simple(code: number): string {
  const container = code >= mapFlag ? 'map' : code >= listFlag ? 'list' : undefined;
  const name = simpleNames[container === undefined ? code : code & (listFlag - 1)];
  assert(name, `unknown simple shape ${code}`);
  return container === undefined ? name : `${container}<${name}>`;
}

function traitsOf(traits: unknown): Traits {
  if (typeof traits === 'object' && traits !== null) return Object.fromEntries(Object.entries(traits).filter(([name]) => !unused.has(name)));
  const bits = typeof traits === 'number' ? traits : 0;
  return Object.fromEntries(flags.filter((name, bit) => ((bits >> bit) & 1) === 1 && !unused.has(name)).map((name) => [name, 1]));
}

const orNothing = (traits: Traits): readonly Traits[] => (Object.keys(traits).length === 0 ? [] : [traits]);

/** EC2's query name is nearly always its XML name in upper camel case, which the reader knows: 6,000 words less. */
function withoutDefaults(name: string, reference: unknown): unknown {
  if (!Array.isArray(reference)) return reference;
  const [inner, traits] = reference as [unknown, Traits];
  const xmlName = typeof traits['xmlName'] === 'string' ? traits['xmlName'] : name;
  const { ec2QueryName, ...others } = traits;
  if (ec2QueryName === undefined || ec2QueryName !== xmlName.slice(0, 1).toUpperCase() + xmlName.slice(1)) return reference;
  return Object.keys(others).length === 0 ? inner : [inner, others];
}
