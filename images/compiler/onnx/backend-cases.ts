import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../input-error.ts';
import { readModelProto, readTensor, type TensorProto } from './model-proto.ts';
import type { Network, Value } from './network.ts';
import type { Use } from './operation.ts';
import { readNetwork } from './read-network.ts';
import { constantOf, float32 } from './tensor.ts';

/** The suite that ONNX itself has for runtimes (https://onnx.ai/backend-scoreboard): a model, inputs, and what must come out. For tests. */
export interface BackendCase {
  readonly name: string;
  readonly model: Buffer;
  readonly operators: ReadonlySet<string>;
  readonly sets: readonly { readonly inputs: readonly Buffer[]; readonly outputs: readonly Buffer[] }[];
}

export function backendCases(folder: string): readonly BackendCase[] {
  return ['node', 'pytorch-converted', 'pytorch-operator', 'simple'].flatMap((kind) =>
    readdirSync(join(folder, kind))
      .toSorted()
      .map((name) => readCase(join(folder, kind, name), `${kind}/${name.replace(/^test_/u, '')}`)),
  );
}

function readCase(folder: string, name: string): BackendCase {
  const model = readFileSync(join(folder, 'model.onnx'));
  const sets = readdirSync(folder).filter((entry) => entry.startsWith('test_data_set_'));
  const files = (set: string, what: string): readonly Buffer[] =>
    Array.from({ length: 64 }, (_, index) => join(folder, set, `${what}_${index}.pb`))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file));
  return {
    name,
    model,
    operators: new Set(readModelProto(model).graph.nodes.map(({ operator }) => operator)),
    sets: sets.toSorted().map((set) => ({ inputs: files(set, 'input'), outputs: files(set, 'output') })),
  };
}

/** A way to bind a case: which of its inputs are constants, as the weights of a network are. */
export interface Trial {
  readonly network: Network;
  readonly inputs: readonly Float32Array[];
  readonly wanted: readonly TensorProto[];
  readonly uses: readonly { readonly operator: string; readonly uses: readonly Use[] }[];
}

/** Which inputs are given at run time: all of floats, only the first, or none. Integers say what to do: they are always constants. */
const ways: readonly ((index: number) => boolean)[] = [() => true, (index) => index === 0, () => false];

interface Prepared {
  readonly trials: readonly Trial[];
  /** Why a way cannot be compiled. */
  readonly refusals: readonly string[];
}

export function prepare({ model, sets }: BackendCase, isOpen: boolean): Prepared {
  const trials: Trial[] = [];
  const refusals: string[] = [];
  const names = inputNames(model);
  for (const { inputs, outputs } of sets) {
    const tried = new Set<string>();
    for (const isGiven of ways) {
      try {
        const given = inputs.map((bytes, index) => ({ name: names[index] ?? '', ...tensorOf(bytes), index }));
        const isRuntime = (one: (typeof given)[number]): boolean => isGiven(one.index) && one.tensor.dataType === float32;
        const way = given
          .filter(isRuntime)
          .map(({ index }) => index)
          .join();
        if (tried.has(way)) continue;
        tried.add(way);
        const uses: Trial['uses'][number][] = [];
        const network = readNetwork(model, {
          bound: new Map(given.filter((one) => !isRuntime(one)).map((one) => [one.name, one.value])),
          shapes: Object.fromEntries(given.filter(isRuntime).map((one) => [one.name, one.tensor.dims])),
          ...(isOpen && { observe: (operator: string, used: readonly Use[]) => void uses.push({ operator, uses: used }) }),
        });
        const runtime = given.filter(isRuntime).map((one) => one.value.constant as Float32Array);
        trials.push({ network, inputs: runtime, wanted: outputs.map((bytes) => readTensor(bytes)), uses });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        refusals.push(error.message);
      }
    }
  }
  return { trials, refusals };
}

function inputNames(model: Buffer): readonly string[] {
  const { graph } = readModelProto(model);
  const initial = new Set(graph.initializers.map(({ name }) => name));
  return graph.inputs.filter(({ name }) => !initial.has(name)).map(({ name }) => name);
}

function tensorOf(bytes: Buffer): { readonly tensor: TensorProto; readonly value: Value } {
  const tensor = readTensor(bytes);
  return { tensor, value: constantOf(tensor) };
}

/** As ONNX's own runner compares: a thousandth, and next to 0 a ten-millionth. */
const relative = 1e-3;
const absolute = 1e-7;

/** What is wrong with results, if anything is. */
export function difference(wanted: TensorProto, dims: readonly number[], found: ArrayLike<number>): string | undefined {
  const { constant } = constantOf(wanted);
  if (constant === undefined || dims.join() !== wanted.dims.join()) return `shape [${dims.join()}], not [${wanted.dims.join()}]`;
  const at = constant.findIndex((value, index) => !isNear(value, found[index] ?? NaN));
  return at < 0 ? undefined : `element ${at} is ${found[at]}, not ${constant[at]}`;
}

function isNear(wanted: number, found: number): boolean {
  return Object.is(wanted, found) || wanted === found || Math.abs(wanted - found) <= absolute + relative * Math.abs(wanted);
}
