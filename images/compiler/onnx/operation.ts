import type { AttributeProto, NodeProto } from './model-proto.ts';
import type { Value } from './network.ts';
import type { NetworkBuilder } from './network-builder.ts';
import { refuseModel, shown } from './refusals.ts';

/** An attribute that was given with another value than its default. */
export interface Use {
  readonly attribute: string;
  /** Of words and flags; others are used as such. */
  readonly value?: string | number;
}

/** ONNX's own names as they are; what is none, on one line. */
const nameOf = (attribute: string): string => (/^\w{1,60}$/u.test(attribute) ? attribute : shown(attribute));

/** Shapes, axes, pieces: a few. */
const integersMost = 1_024;

/** A node that is turned into steps: its inputs, and its attributes as they are asked for. */
export class Operation {
  readonly operator: string;
  readonly version: number;
  readonly build: NetworkBuilder;
  readonly inputs: readonly (Value | undefined)[];
  /** How many outputs are wanted. */
  readonly outputs: number;
  readonly uses: Use[] = [];
  readonly #attributes: Map<string, AttributeProto>;
  readonly #asked = new Set<number>();

  constructor(node: NodeProto, version: number, inputs: readonly (Value | undefined)[], build: NetworkBuilder) {
    this.operator = node.operator;
    this.version = version;
    this.build = build;
    this.inputs = inputs;
    this.outputs = node.outputs.findLastIndex((name) => name !== '') + 1;
    this.#attributes = new Map(node.attributes.map((attribute) => [attribute.name, attribute]));
    for (const attribute of node.attributes) if (attribute.isOther) this.refuse(nameOf(attribute.name));
  }

  /** Neo's sentence for what an operator does not do here. */
  refuse(what: string): never {
    refuseModel(`${what} is not supported in ${this.operator}.`);
  }

  /** A runtime array of floats, or a constant of them. */
  float(index: number): Value {
    const value = this.any(index);
    if (value.type !== 'float32') this.refuse(`Data type ${value.type}`);
    return value;
  }

  any(index: number): Value {
    this.#asked.add(index);
    const value = this.inputs[index];
    if (value === undefined) refuseModel(`Required input ${index} not found in ${this.operator}.`);
    return value;
  }

  optionalFloat(index: number): Value | undefined {
    return this.inputs[index] === undefined ? undefined : this.float(index);
  }

  /** Integers that say what to do, so they must be known before the network runs. */
  knownIntegers(index: number, what: string, most = integersMost): readonly number[] {
    const value = this.any(index);
    if (value.constant === undefined || value.type !== 'int64') this.refuse(`${what} that is not constant`);
    if (value.constant.length > most) this.refuse(`${what} of more than ${most} integers`);
    return [...value.constant];
  }

  /** Axes of an array of that rank, counted from its front, each once. */
  axes(given: readonly number[], rank: number): readonly number[] {
    const axes = given.map((axis) => this.axis(axis, rank));
    if (new Set(axes).size !== axes.length) this.refuse(`axes [${given.join(', ')}]`);
    return axes;
  }

  axis(given: number, rank: number): number {
    const axis = given < 0 ? given + rank : given;
    if (!(axis >= 0 && axis < rank)) this.refuse(`axis ${given} of ${rank} dimensions`);
    return axis;
  }

  integer(name: string, otherwise: number): number;
  integer(name: string): number | undefined;
  integer(name: string, otherwise?: number): number | undefined {
    const { integer = otherwise } = this.#take(name);
    if (integer !== otherwise) this.uses.push({ attribute: name });
    return integer;
  }

  flag(name: string, otherwise = 0): number {
    const { integer = otherwise } = this.#take(name);
    if (integer !== otherwise) this.uses.push({ attribute: name, value: integer });
    return integer;
  }

  integers(name: string): readonly number[] | undefined {
    const taken = this.#take(name);
    if (taken.name === undefined) return undefined;
    this.uses.push({ attribute: name });
    return taken.integers;
  }

  number(name: string, otherwise: number): number {
    const { float = otherwise } = this.#take(name);
    if (float !== otherwise) this.uses.push({ attribute: name });
    return float;
  }

  numbers(name: string): readonly number[] | undefined {
    const taken = this.#take(name);
    if (taken.name === undefined) return undefined;
    this.uses.push({ attribute: name });
    return taken.floats;
  }

  word(name: string, otherwise: string, known: readonly string[]): string {
    const { text = otherwise } = this.#take(name);
    if (text !== otherwise) this.uses.push({ attribute: name, value: text });
    if (!known.includes(text)) this.refuse(`${name} ${JSON.stringify(text.slice(0, 40))}`);
    return text;
  }

  tensor(name: string): AttributeProto['tensor'] {
    const taken = this.#take(name);
    if (taken.tensor !== undefined) this.uses.push({ attribute: name });
    return taken.tensor;
  }

  require(name: string): never {
    refuseModel(`Required attribute ${name} not found in ${this.operator}.`);
  }

  /** Refuses what was given and nobody asked for. */
  finish(): void {
    this.inputs.forEach((value, index) => {
      if (value !== undefined && !this.#asked.has(index)) this.refuse(`Input ${index}`);
    });
    for (const name of this.#attributes.keys()) this.refuse(nameOf(name));
  }

  #take(name: string): Partial<AttributeProto> {
    const found = this.#attributes.get(name);
    this.#attributes.delete(name);
    return found ?? {};
  }
}

/** Turns a node into steps; answers its outputs. */
export type Lower = (operation: Operation) => readonly Value[];
