/** Writes ONNX files out of few words. For tests: exporters write what they want, and these write what tests want. */

/** A field of a message: https://protobuf.dev/programming-guides/encoding/ */
export function field(number: number, value: number | bigint | string | Buffer | readonly Buffer[]): Buffer {
  if (Array.isArray(value)) return Buffer.concat(value.map((one: Buffer) => field(number, one)));
  if (typeof value === 'number' || typeof value === 'bigint')
    return Buffer.concat([varint(BigInt(number) * 8n), varint(BigInt.asUintN(64, BigInt(value)))]);
  const bytes = Buffer.from(value as string | Buffer);
  return Buffer.concat([varint(BigInt(number) * 8n + 2n), varint(BigInt(bytes.length)), bytes]);
}

const floatField = (number: number, value: number): Buffer =>
  Buffer.concat([varint(BigInt(number) * 8n + 5n), Buffer.from(Float32Array.of(value).buffer)]);

export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

export function tensor(name: string, dims: readonly number[], numbers: Float32Array | BigInt64Array): Buffer {
  const raw = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return Buffer.concat([
    field(1, dims.map(varintOf)[0] === undefined ? Buffer.alloc(0) : Buffer.concat(dims.map(varintOf))),
    field(2, numbers instanceof Float32Array ? 1 : 7),
    field(8, name),
    field(9, raw),
  ]);
}

const varintOf = (value: number): Buffer => varint(BigInt.asUintN(64, BigInt(value)));

/** A dimension that is a word is one whose extent is not known. */
export function valueInfo(name: string, dims: readonly (number | string)[]): Buffer {
  const shape = dims.map((dimension) => field(1, typeof dimension === 'number' ? field(1, dimension) : field(2, dimension)));
  return Buffer.concat([field(1, name), field(2, field(1, Buffer.concat([field(1, 1), field(2, Buffer.concat(shape))])))]);
}

/** Numbers are integers, unless they are in `floats`. */
type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes = {},
  floats: Readonly<Record<string, number>> = {},
): Buffer {
  const integers = Object.entries(attributes).map(([name, value]) => {
    const content =
      typeof value === 'number' ? field(3, value) : typeof value === 'string' ? field(4, value) : field(8, Buffer.concat(value.map(varintOf)));
    return field(5, Buffer.concat([field(1, name), content, field(20, typeof value === 'number' ? 2 : typeof value === 'string' ? 3 : 7)]));
  });
  const others = Object.entries(floats).map(([name, value]) => field(5, Buffer.concat([field(1, name), floatField(2, value), field(20, 1)])));
  return Buffer.concat([
    field(
      1,
      inputs.map((name) => Buffer.from(name)),
    ),
    field(
      2,
      outputs.map((name) => Buffer.from(name)),
    ),
    field(4, operator),
    ...integers,
    ...others,
  ]);
}

export interface Graph {
  readonly nodes: readonly Buffer[];
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
  readonly tensors?: readonly Buffer[];
  readonly version?: number;
}

export function model({ nodes, inputs, outputs, tensors = [], version = 13 }: Graph): Buffer {
  const graph = Buffer.concat([field(1, nodes), field(2, 'graph'), field(5, tensors), field(11, inputs), field(12, outputs)]);
  return Buffer.concat([field(1, 7), field(7, graph), field(8, field(2, version))]);
}
