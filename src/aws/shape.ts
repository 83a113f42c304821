import { assert, present } from '../stdx/assert.ts';

/** What a shape or a member says about its form on the wire (Smithy's traits). Flags are 1. */
export interface Traits {
  /** Method, path template, status. */
  readonly http?: readonly [string, string, number];
  readonly httpLabel?: 1;
  readonly httpQuery?: string;
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly httpPayload?: 1;
  readonly httpResponseCode?: 1;
  readonly streaming?: 1;
  /** The operation's `x-amz-checksum-` headers are of its body, not of an object's content. */
  readonly httpChecksum?: string;
  readonly xmlName?: string;
  readonly xmlFlattened?: 1;
  readonly xmlAttribute?: 1;
  /** Prefix (may be empty) and URI. */
  readonly xmlNamespace?: readonly [string, string];
  readonly ec2QueryName?: string;
  readonly idempotencyToken?: 1;
  readonly sensitive?: 1;
  readonly mediaType?: string;
  readonly httpError?: number;
  /** The code on the wire and its HTTP status, where they differ from the shape's name. */
  readonly awsQueryError?: readonly [string, number];
}

export type SimpleKind = 'string' | 'number' | 'boolean' | 'blob' | 'stream' | 'timestamp' | 'document' | 'bigint' | 'bigdecimal';
export type TimestampFormat = 'date-time' | 'http-date' | 'epoch';

export interface SimpleShape {
  readonly kind: SimpleKind;
  readonly traits: Traits;
  /** Of a timestamp that does not have its protocol's usual form. */
  readonly format?: TimestampFormat;
}
export interface ListShape {
  readonly kind: 'list';
  readonly traits: Traits;
  readonly item: Member;
}
export interface MapShape {
  readonly kind: 'map';
  readonly traits: Traits;
  readonly key: Member;
  readonly value: Member;
}
export interface Structure {
  readonly kind: 'structure';
  readonly name: string;
  readonly traits: Traits;
  readonly form: 'structure' | 'union' | 'error';
  readonly members: readonly Member[];
  readonly byName: ReadonlyMap<string, Member>;
}
export type Shape = SimpleShape | ListShape | MapShape | Structure;

/** A place in a structure, list or map. Its shape is looked up when it is first needed: most never are. */
export interface Member {
  readonly name: string;
  readonly required: boolean;
  readonly shape: Shape;
  /** The shape's traits and the member's own, which win. */
  readonly traits: Traits;
}

export interface OperationShape {
  readonly name: string;
  readonly traits: Traits;
  readonly input: Structure;
  readonly output: Structure;
}

type Reference = string | readonly [string, Traits];
/** One line of the `shapes` section of a generated table. */
export interface ShapeLine {
  readonly structure?: Readonly<Record<string, Reference>>;
  readonly union?: Readonly<Record<string, Reference>>;
  readonly error?: Readonly<Record<string, Reference>>;
  /** How many of the members, from the first, are required. */
  readonly required?: number;
  readonly list?: Reference;
  readonly map?: readonly [Reference, Reference];
  readonly simple?: string;
  readonly traits?: Traits;
}
export interface ShapeFile {
  readonly operations: Readonly<Record<string, readonly [string, string, Traits?]>>;
  readonly shapes: Readonly<Record<string, ShapeLine>>;
}

const none: Traits = Object.freeze({});
const unit: Structure = { kind: 'structure', name: 'Unit', traits: none, form: 'structure', members: [], byName: new Map() };

/** The shapes of one service, read from its generated table. Everything is resolved once, and only when asked for. */
export class ShapeTable {
  readonly #file: ShapeFile;
  readonly #shapes = new Map<string, Shape>();
  readonly #operations = new Map<string, OperationShape>();
  #errors: ReadonlyMap<string, Structure> | undefined;

  constructor(file: ShapeFile) {
    this.#file = file;
  }

  /** The operations AWS has, built here or not. */
  get operationNames(): readonly string[] {
    return Object.keys(this.#file.operations);
  }

  operation(name: string): OperationShape | undefined {
    const known = this.#operations.get(name);
    if (known !== undefined || !Object.hasOwn(this.#file.operations, name)) return known;
    const [input, output, traits] = present(this.#file.operations[name], 'the name is a key of the table');
    const operation = { name, traits: traits ?? none, input: this.#structure(input), output: this.#structure(output) };
    this.#operations.set(name, operation);
    return operation;
  }

  /** A modelled error by its code on the wire or by its name in the model. */
  error(code: string): Structure | undefined {
    this.#errors ??= this.#readErrors();
    return this.#errors.get(code);
  }

  #readErrors(): ReadonlyMap<string, Structure> {
    const errors = new Map<string, Structure>();
    for (const [name, line] of Object.entries(this.#file.shapes)) {
      if (line.error === undefined) continue;
      const shape = this.#structure(`#${name}`);
      errors.set(name, shape).set(shape.traits.awsQueryError?.[0] ?? name, shape);
    }
    return errors;
  }

  #structure(reference: string): Structure {
    const shape = this.#shape(reference);
    assert(shape.kind === 'structure', `${reference} is a structure`);
    return shape;
  }

  #shape(reference: string): Shape {
    let shape = this.#shapes.get(reference);
    if (shape === undefined) {
      shape = reference.startsWith('#') ? this.#named(reference.slice(1)) : this.#builtIn(reference);
      this.#shapes.set(reference, shape);
    }
    return shape;
  }

  #builtIn(reference: string): Shape {
    if (reference === 'unit') return unit;
    const container = /^(list|map)<(.+)>$/.exec(reference);
    const inside = container?.[2];
    if (inside === undefined) return simpleShape(reference);
    if (container?.[1] === 'list') return { kind: 'list', traits: none, item: this.#member('member', inside) };
    return { kind: 'map', traits: none, key: this.#member('key', 'string'), value: this.#member('value', inside) };
  }

  #named(name: string): Shape {
    const line = present(this.#file.shapes[name], `the table has the shape ${name}`);
    const traits = line.traits ?? none;
    if (line.simple !== undefined) return { ...simpleShape(line.simple), traits };
    if (line.list !== undefined) return { kind: 'list', traits, item: this.#member('member', line.list) };
    if (line.map !== undefined) return { kind: 'map', traits, key: this.#member('key', line.map[0]), value: this.#member('value', line.map[1]) };
    const form = line.union === undefined ? (line.error === undefined ? 'structure' : 'error') : 'union';
    const entries = Object.entries(present(line[form], `the shape ${name} has members`));
    const members = entries.map(([member, reference], index) => this.#member(member, reference, index < (line.required ?? 0)));
    return { kind: 'structure', name, traits, form, members, byName: new Map(members.map((member) => [member.name, member])) };
  }

  #member(name: string, reference: Reference, required = false): Member {
    const [target, own] = typeof reference === 'string' ? [reference, none] : reference;
    return new LazyMember(name, required, own, () => this.#shape(target));
  }
}

class LazyMember implements Member {
  readonly name: string;
  readonly required: boolean;
  readonly #own: Traits;
  readonly #resolve: () => Shape;
  #shape: Shape | undefined;
  #traits: Traits | undefined;

  constructor(name: string, required: boolean, own: Traits, resolve: () => Shape) {
    this.name = name;
    this.required = required;
    this.#own = own;
    this.#resolve = resolve;
  }

  get shape(): Shape {
    this.#shape ??= this.#resolve();
    return this.#shape;
  }

  get traits(): Traits {
    if (this.#traits === undefined) {
      const inherited = this.shape.traits;
      this.#traits = inherited === none ? this.#own : { ...inherited, ...this.#own };
    }
    return this.#traits;
  }
}

function simpleShape(reference: string): SimpleShape {
  const [kind, format] = reference.split(':') as [SimpleKind, TimestampFormat?];
  return { kind, traits: none, ...(format === undefined ? {} : { format }) };
}

/** Whether the member's bytes are streamed by whoever owns the socket, not read into a value. */
export const isStreamed = (member: Member): boolean => member.shape.kind === 'stream' || member.traits.streaming === 1;
