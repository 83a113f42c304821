import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildNetwork, buildRunner } from '../native-build.ts';
import { runArtefact } from '../run-artefact.ts';
import type { Target } from '../targets.ts';
import { difference, type Trial } from './backend-cases.ts';
import { emitNetwork } from './emit-c.ts';
import { numbersOf, runStep, type Memory } from './interpret.ts';
import { sizeOf, type Network } from './network.ts';
import { optimise } from './optimise.ts';
import { paramsOf } from './packaging.ts';
import { withOwnOutputs } from './read-network.ts';
import { vectorShapeOf } from './vector-shape.ts';

/** What is wrong with a trial when it is interpreted, if anything is. For tests. */
export function interpretedWrong({ network, inputs, wanted }: Trial): string | undefined {
  const memory: Memory = new Map(network.inputs.map(({ value }, index) => [value, inputs[index] ?? new Float32Array()]));
  for (const step of network.steps) runStep(step, memory);
  return firstWrong(wanted, network, (index) => {
    const value = network.outputs[index]?.value;
    return value === undefined ? [] : numbersOf(value, memory);
  });
}

function firstWrong(wanted: Trial['wanted'], network: Network, found: (index: number) => ArrayLike<number>): string | undefined {
  for (const [index, tensor] of wanted.entries()) {
    const wrong = difference(tensor, network.outputs[index]?.value.dims ?? [], found(index));
    if (wrong !== undefined) return `output ${index}: ${wrong}`;
  }
  return undefined;
}

/** Compiles trials and runs them, one after the other, in a folder of its own. */
export class NativeTrials {
  readonly #folder = mkdtempSync(join(tmpdir(), 'onnx-trials-'));
  readonly #target: Target;
  readonly #signal: AbortSignal;
  #runner: string | undefined;

  constructor(target: Target, signal: AbortSignal) {
    this.#target = target;
    this.#signal = signal;
  }

  /** What is wrong, if anything is; also when this machine cannot run it. */
  async wrong({ network, inputs, wanted }: Trial): Promise<string | undefined> {
    // Integers are constants: they were compared when the trial was interpreted.
    if (network.outputs.some(({ value }) => value.type !== 'float32')) return undefined;
    const own = optimise(withOwnOutputs(network));
    const emitted = emitNetwork(own, vectorShapeOf(this.#target));
    const library = await buildNetwork(this.#folder, emitted.steps, this.#target, this.#signal);
    writeFileSync(join(this.#folder, 'compiled.params'), paramsOf('weights', emitted.weights));
    this.#runner ??= await buildRunner(this.#folder, this.#target, this.#signal);
    const row = Float32Array.from(inputs.flatMap((input) => [...input]));
    const found = await runArtefact(
      { runner: this.#runner, library, target: this.#target },
      { rows: row, count: 1, features: row.length },
      this.#signal,
    );
    if (found === undefined) return 'this machine does not run it';
    let at = 0;
    return firstWrong(wanted, own, (index) => found.subarray(at, (at += sizeOf(own.outputs[index]?.value.dims ?? []))));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
