import { refuseFile, refuseModel } from './refusals.ts';
import { fieldsOf } from './wire-format.ts';

/** The parts of ONNX's messages that networks need; field numbers: https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto */
export interface TensorProto {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly floats: readonly number[];
  readonly integers: readonly number[];
  readonly raw: Buffer | undefined;
  /** In a file beside the model. */
  readonly isExternal: boolean;
}

export interface AttributeProto {
  readonly name: string;
  readonly float: number | undefined;
  readonly integer: number | undefined;
  readonly text: string | undefined;
  readonly tensor: TensorProto | undefined;
  readonly floats: readonly number[];
  readonly integers: readonly number[];
  /** Has something else than the above: a graph, lists of strings, … */
  readonly isOther: boolean;
}

export interface NodeProto {
  readonly operator: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly AttributeProto[];
}

export interface ValueInfo {
  readonly name: string;
  readonly dataType: number | undefined;
  /** Undefined where the shape is not said at all; a dimension is undefined where it is not a number. */
  readonly dims: readonly (number | undefined)[] | undefined;
}

export interface GraphProto {
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly hasSparse: boolean;
}

export interface ModelProto {
  /** By domain; ONNX's own is the empty one. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: GraphProto;
  readonly hasFunctions: boolean;
}

/** Of one kind, where they are read: two bytes of a file may become an object of a hundred. */
const most = {
  nodes: 20_000,
  tensors: 100_000,
  'inputs and outputs': 10_000,
  'inputs of a node': 1_024,
  'attributes of a node': 1_024,
  'numbers of an attribute': 65_536,
  dimensions: 64,
  /** Of one array: network-builder.ts. */
  'numbers in an array': 2 ** 26,
} as const;

function checkCount(count: number, what: keyof typeof most): void {
  if (count > most[what]) refuseModel(`There are more than ${most[what]} ${what}.`);
}

/** Adds, and refuses what is too many. */
function add<T>(list: T[], value: T, what: keyof typeof most): void {
  checkCount(list.length + 1, what);
  list.push(value);
}

/** The numbers of a repeated field: a field for each, or many that are packed. */
class Numbers {
  readonly #lists: (readonly number[])[] = [];
  readonly #what: keyof typeof most;
  #count = 0;

  constructor(what: keyof typeof most) {
    this.#what = what;
  }

  add(numbers: readonly number[]): void {
    this.#count += numbers.length;
    checkCount(this.#count, this.#what);
    this.#lists.push(numbers);
  }

  get all(): readonly number[] {
    return this.#lists.length === 1 ? (this.#lists[0] ?? []) : this.#lists.flat();
  }
}

export function readModelProto(bytes: Buffer): ModelProto {
  const opsets = new Map<string, number>();
  let graph: GraphProto | undefined;
  let hasFunctions = false;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 7) graph = readGraph(field.bytes());
    if (field.number === 8) {
      const { domain, version } = readOpset(field.bytes());
      opsets.set(domain === 'ai.onnx' ? '' : domain, version);
    }
    if (field.number === 25) hasFunctions = true;
  }
  if (graph === undefined) refuseFile('The file holds no graph: it is no ONNX model.');
  return { opsets, graph, hasFunctions };
}

function readOpset(bytes: Buffer): { readonly domain: string; readonly version: number } {
  let domain = '';
  let version = 0;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) domain = field.text();
    if (field.number === 2) version = field.integer();
  }
  return { domain, version };
}

function readGraph(bytes: Buffer): GraphProto {
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  let hasSparse = false;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) add(nodes, readNode(field.bytes()), 'nodes');
    if (field.number === 5) add(initializers, readTensor(field.bytes()), 'tensors');
    if (field.number === 11) add(inputs, readValueInfo(field.bytes()), 'inputs and outputs');
    if (field.number === 12) add(outputs, readValueInfo(field.bytes()), 'inputs and outputs');
    if (field.number === 15) hasSparse = true;
  }
  return { nodes, initializers, inputs, outputs, hasSparse };
}

function readNode(bytes: Buffer): NodeProto {
  const node = { operator: '', domain: '', name: '', inputs: [] as string[], outputs: [] as string[], attributes: [] as AttributeProto[] };
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) add(node.inputs, field.text(), 'inputs of a node');
    if (field.number === 2) add(node.outputs, field.text(), 'inputs of a node');
    if (field.number === 3) node.name = field.text();
    if (field.number === 4) node.operator = field.text();
    if (field.number === 5) add(node.attributes, readAttribute(field.bytes()), 'attributes of a node');
    if (field.number === 7) node.domain = field.text() === 'ai.onnx' ? '' : field.text();
  }
  return node;
}

/** Descriptions and the type, which says again what there is. */
const attributeNotes = new Set([13, 20]);

function readAttribute(bytes: Buffer): AttributeProto {
  const found = {
    name: '',
    float: undefined as number | undefined,
    integer: undefined as number | undefined,
    text: undefined as string | undefined,
    tensor: undefined as TensorProto | undefined,
    isOther: false,
  };
  const floats = new Numbers('numbers of an attribute');
  const integers = new Numbers('numbers of an attribute');
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) found.name = field.text();
    else if (field.number === 2) found.float = field.float();
    else if (field.number === 3) found.integer = field.integer();
    else if (field.number === 4) found.text = field.text();
    else if (field.number === 5) found.tensor = readTensor(field.bytes());
    else if (field.number === 7) floats.add(field.floats());
    else if (field.number === 8) integers.add(field.integers());
    else if (!attributeNotes.has(field.number)) found.isOther = true;
  }
  return { ...found, floats: floats.all, integers: integers.all };
}

export function readTensor(bytes: Buffer): TensorProto {
  const found = { name: '', dataType: 0, raw: undefined as Buffer | undefined, isExternal: false };
  const dims = new Numbers('dimensions');
  const floats = new Numbers('numbers in an array');
  const integers = new Numbers('numbers in an array');
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) dims.add(field.integers());
    if (field.number === 2) found.dataType = field.integer();
    if (field.number === 4) floats.add(field.floats());
    if (field.number === 5 || field.number === 7) integers.add(field.integers());
    if (field.number === 8) found.name = field.text();
    if (field.number === 9) found.raw = field.bytes();
    if (field.number === 13 || (field.number === 14 && field.integer() !== 0)) found.isExternal = true;
  }
  return { ...found, dims: dims.all, floats: floats.all, integers: integers.all };
}

function readValueInfo(bytes: Buffer): ValueInfo {
  const found = { name: '', dataType: undefined as number | undefined, dims: undefined as (number | undefined)[] | undefined };
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) found.name = field.text();
    if (field.number !== 2) continue;
    for (const type of fieldsOf(field.bytes())) {
      if (type.number !== 1) continue;
      for (const part of fieldsOf(type.bytes())) {
        if (part.number === 1) found.dataType = part.integer();
        if (part.number === 2) found.dims = readShape(part.bytes());
      }
    }
  }
  return found;
}

function readShape(bytes: Buffer): (number | undefined)[] {
  const dims: (number | undefined)[] = [];
  for (const dimension of fieldsOf(bytes)) {
    if (dimension.number !== 1) continue;
    let value: number | undefined;
    for (const field of fieldsOf(dimension.bytes())) if (field.number === 1) value = field.integer();
    add(dims, value !== undefined && value > 0 ? value : undefined, 'dimensions');
  }
  return dims;
}
