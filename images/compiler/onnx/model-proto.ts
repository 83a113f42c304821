import { refuseFile } from './refusals.ts';
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
    if (field.number === 1) nodes.push(readNode(field.bytes()));
    if (field.number === 5) initializers.push(readTensor(field.bytes()));
    if (field.number === 11) inputs.push(readValueInfo(field.bytes()));
    if (field.number === 12) outputs.push(readValueInfo(field.bytes()));
    if (field.number === 15) hasSparse = true;
  }
  return { nodes, initializers, inputs, outputs, hasSparse };
}

function readNode(bytes: Buffer): NodeProto {
  const node = { operator: '', domain: '', name: '', inputs: [] as string[], outputs: [] as string[], attributes: [] as AttributeProto[] };
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) node.inputs.push(field.text());
    if (field.number === 2) node.outputs.push(field.text());
    if (field.number === 3) node.name = field.text();
    if (field.number === 4) node.operator = field.text();
    if (field.number === 5) node.attributes.push(readAttribute(field.bytes()));
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
    floats: [] as readonly number[],
    integers: [] as readonly number[],
    isOther: false,
  };
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) found.name = field.text();
    else if (field.number === 2) found.float = field.float();
    else if (field.number === 3) found.integer = field.integer();
    else if (field.number === 4) found.text = field.text();
    else if (field.number === 5) found.tensor = readTensor(field.bytes());
    else if (field.number === 7) found.floats = found.floats.concat(field.floats());
    else if (field.number === 8) found.integers = found.integers.concat(field.integers());
    else if (!attributeNotes.has(field.number)) found.isOther = true;
  }
  return found;
}

export function readTensor(bytes: Buffer): TensorProto {
  const found = { name: '', dims: [] as readonly number[], dataType: 0, raw: undefined as Buffer | undefined, isExternal: false };
  // Lists of lists: writers that do not pack numbers make a field of each.
  const floats: (readonly number[])[] = [];
  const integers: (readonly number[])[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) found.dims = found.dims.concat(field.integers());
    if (field.number === 2) found.dataType = field.integer();
    if (field.number === 4) floats.push(field.floats());
    if (field.number === 5 || field.number === 7) integers.push(field.integers());
    if (field.number === 8) found.name = field.text();
    if (field.number === 9) found.raw = field.bytes();
    if (field.number === 13 || (field.number === 14 && field.integer() !== 0)) found.isExternal = true;
  }
  return { ...found, floats: floats.flat(), integers: integers.flat() };
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
    dims.push(value !== undefined && value > 0 ? value : undefined);
  }
  return dims;
}
