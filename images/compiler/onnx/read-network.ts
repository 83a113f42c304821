import { identity, rootOf, whole, type Network, type Port, type Step, type Value } from './network.ts';
import { NetworkBuilder } from './network-builder.ts';
import { readModelProto, type GraphProto, type ModelProto, type NodeProto, type ValueInfo } from './model-proto.ts';
import { Operation, type Use } from './operation.ts';
import { operators } from './operators/operators.ts';
import { isProven, isProvenUse } from './proven.ts';
import { refuseFile, refuseModel, refuseOperators, shown } from './refusals.ts';
import { constantOf, float32, rankMost, typeName } from './tensor.ts';

/** Operator sets of ONNX whose backend cases are known here: 1.12's is the newest. */
const versionLeast = 1;
const versionMost = 17;

export interface Reading {
  /** Shapes of inputs, by name: DataInputConfig. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** For tests: inputs that are constants. */
  readonly bound?: ReadonlyMap<string, Value>;
  /** For tests: takes what no backend case has shown to be right, and is told what that was. */
  readonly observe?: (operator: string, uses: readonly Use[]) => void;
}

/** An ONNX file as a network of known shapes. */
export function readNetwork(bytes: Buffer, reading: Reading = {}): Network {
  const model = readModelProto(bytes);
  const version = versionOf(model);
  const { graph } = model;
  refuseUnknown(graph, reading);
  const build = new NetworkBuilder();
  const values = new Map<string, Value>();
  for (const tensor of graph.initializers) values.set(tensor.name, constantOf(tensor));
  for (const [name, value] of reading.bound ?? []) values.set(name, value);
  const inputs = readInputs(graph, values, build, reading.shapes ?? {});
  if (inputs.length === 0 && reading.bound === undefined) refuseModel('The network has no input.');
  for (const node of inOrder(graph.nodes, values)) lower(node, version, { values, build, reading });
  const outputs = graph.outputs.map(({ name }) => ({ name, value: values.get(name) ?? refuseFile(`Output ${shown(name)} is made by no node.`) }));
  if (outputs.length === 0) refuseFile('The graph has no output.');
  return { inputs, outputs, steps: build.steps };
}

function versionOf({ opsets, hasFunctions, graph }: ModelProto): number {
  const version = opsets.get('');
  if (version === undefined) refuseFile('The file says no operator set: it is no ONNX model.');
  if (version < versionLeast || version > versionMost)
    refuseModel(`Operator set ${version} is not supported: known are ${versionLeast} to ${versionMost}.`);
  if (hasFunctions) refuseModel('Functions of the model are not supported.');
  if (graph.hasSparse) refuseModel('Sparse tensors are not supported.');
  return version;
}

/** All of them at once, as Neo names them. */
function refuseUnknown(graph: GraphProto, { observe }: Reading): void {
  const isKnown = ({ operator, domain }: NodeProto): boolean =>
    domain === '' && operators.has(operator) && (observe !== undefined || isProven(operator));
  const unknown = new Set(
    graph.nodes
      .filter((node) => !isKnown(node))
      .map(({ operator, domain }) => shown(domain === '' ? operator : `${domain}.${operator}`).slice(1, -1)),
  );
  if (unknown.size > 0) refuseOperators([...unknown]);
}

function readInputs(
  graph: GraphProto,
  values: Map<string, Value>,
  build: NetworkBuilder,
  shapes: Readonly<Record<string, readonly number[]>>,
): readonly Port[] {
  const given = graph.inputs.filter(({ name }) => !values.has(name));
  for (const name of Object.keys(shapes))
    if (!given.some((input) => input.name === name))
      refuseModel(`DataInputConfig has an input ${shown(name)}; those of the model are ${given.map((input) => shown(input.name)).join(', ')}.`);
  return given.map((input) => {
    const { name, dataType } = input;
    if (values.has(name)) refuseFile(`Input ${shown(name)} is there twice.`);
    if (dataType !== float32) refuseModel(`Data type ${typeName(dataType)} is not supported in input ${shown(name)}.`);
    const value = build.input(shapeOf(input, Object.hasOwn(shapes, name) ? shapes[name] : undefined));
    values.set(name, value);
    return { name, value };
  });
}

/** What DataInputConfig says fills in what the model leaves open, and may not contradict it. */
function shapeOf({ name, dims }: ValueInfo, said: readonly number[] | undefined): readonly number[] {
  const shape =
    said ?? dims?.map((dimension) => dimension ?? refuseModel(`Input ${shown(name)} has a dynamic shape: give its shape in DataInputConfig.`));
  if (shape === undefined) refuseModel(`Input ${shown(name)} has no shape: give its shape in DataInputConfig.`);
  if (
    said !== undefined &&
    dims !== undefined &&
    (said.length !== dims.length || dims.some((dimension, axis) => dimension !== undefined && dimension !== said[axis]))
  )
    refuseModel(
      `DataInputConfig gives input ${shown(name)} the shape [${said.join(', ')}], the model [${dims.map((dimension) => dimension ?? '?').join(', ')}].`,
    );
  if (shape.length > rankMost) refuseModel(`Input ${shown(name)} has more than ${rankMost} dimensions.`);
  return shape;
}

/** Each node after those that make its inputs, whatever their order in the file. */
function inOrder(nodes: readonly NodeProto[], known: ReadonlyMap<string, Value>): readonly NodeProto[] {
  const makers = new Map<string, NodeProto>();
  for (const node of nodes) {
    for (const name of node.outputs) {
      if (name === '') continue;
      if (makers.has(name) || known.has(name)) refuseFile(`${shown(name)} is made twice.`);
      makers.set(name, node);
    }
  }
  const waitsFor = new Map<NodeProto, number>();
  const usedBy = new Map<NodeProto, NodeProto[]>();
  for (const node of nodes) {
    const before = new Set(
      node.inputs
        .filter((name) => name !== '' && !known.has(name))
        .map((name) => makers.get(name) ?? refuseFile(`${shown(name)} is made by no node.`)),
    );
    waitsFor.set(node, before.size);
    for (const maker of before) usedBy.set(maker, [...(usedBy.get(maker) ?? []), node]);
  }
  const ordered = nodes.filter((node) => waitsFor.get(node) === 0);
  // Grows while it is gone through.
  for (const node of ordered) {
    for (const next of usedBy.get(node) ?? []) {
      const left = (waitsFor.get(next) ?? 0) - 1;
      waitsFor.set(next, left);
      if (left === 0) ordered.push(next);
    }
  }
  if (ordered.length < nodes.length) refuseFile('The graph has a cycle.');
  return ordered;
}

function lower(
  node: NodeProto,
  version: number,
  { values, build, reading }: { readonly values: Map<string, Value>; readonly build: NetworkBuilder; readonly reading: Reading },
): void {
  const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
  const operation = new Operation(node, version, inputs, build);
  const results = operators.get(node.operator)?.(operation) ?? [];
  operation.finish();
  if (reading.observe !== undefined) reading.observe(node.operator, operation.uses);
  else
    for (const use of operation.uses)
      if (!isProvenUse(node.operator, use)) operation.refuse(use.value === undefined ? use.attribute : `${use.attribute} ${use.value}`);
  node.outputs.forEach((name, index) => {
    if (name === '') return;
    const value = results[index] ?? operation.refuse(`Output ${index}`);
    if (value.dims.length > rankMost) operation.refuse(`A result of ${value.dims.length} dimensions`);
    values.set(name, value);
  });
}

/** Copies that give every output an array of its own, which some step writes. */
export function withOwnOutputs({ inputs, outputs, steps }: Network): Network {
  const taken = new Set<Value>();
  const copies: Step[] = [];
  const ports = outputs.map(({ name, value }) => {
    if (value.type !== 'float32') refuseModel(`Data type ${value.type} is not supported in output ${shown(name)}.`);
    const root = rootOf(value);
    const isOwn = root.constant === undefined && !taken.has(root) && !inputs.some((input) => input.value === root);
    taken.add(root);
    if (isOwn) return { name, value };
    const copy: Value = { type: 'float32', dims: value.dims };
    copies.push({ kind: 'map', dims: value.dims, target: whole(copy), reads: [whole(value)], expression: identity });
    return { name, value: copy };
  });
  return { inputs, outputs: ports, steps: [...steps, ...copies] };
}
