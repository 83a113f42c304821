import type { SelfCheck } from '../compiled.ts';
import { CompilationError } from '../input-error.ts';
import { random } from '../random.ts';
import { runArtefact } from '../run-artefact.ts';
import type { Target } from '../targets.ts';
import { interpret } from './interpret.ts';
import { sizeOf, type Network } from './network.ts';
import { workOf } from './work.ts';

const seed = 20_261_126;

/** Interpreting this many multiplications takes some seconds. */
const workMost = 2 ** 30;
const rowsMost = 16;
const rowsLeast = 2;

/**
 * Of the largest number of an output. Compiled code adds floats in another order than the reference adds doubles: for sums of
 * ten thousand terms over fifty layers that makes a few millionths. A weight in a wrong place makes hundredths.
 */
export const tolerance = 1e-4;

/** Runs the compiled network on random numbers and compares with what the steps as they were read say. */
export async function selfCheck(
  network: Network,
  artefact: { readonly library: string; readonly runner: string; readonly target: Target },
  signal: AbortSignal,
): Promise<SelfCheck> {
  const count = rowsFor(network);
  const widths = network.inputs.map(({ value }) => sizeOf(value.dims));
  const features = widths.reduce((sum, width) => sum + width, 0);
  const rows = probeRows(count, features);
  const found = await runArtefact(artefact, { rows, count, features }, signal);
  if (found === undefined) return { rows: 0, seed };
  let at = 0;
  for (let row = 0; row < count; row += 1) {
    let from = row * features;
    const wanted = interpret(
      network,
      widths.map((width) => rows.subarray(from, (from += width))),
    );
    for (const [output, numbers] of wanted.entries()) {
      const wrong = firstDifference(numbers, found.subarray(at, at + numbers.length));
      if (wrong !== undefined)
        throw new CompilationError(
          `the compiled model differs from the given one: in row ${row} of the self-check (seed ${seed}), output ${output}, ${wrong}`,
        );
      at += numbers.length;
    }
  }
  if (at !== found.length) throw new CompilationError(`the compiled model gives ${found.length} numbers, not ${at}`);
  return { rows: count, seed, tolerance };
}

function rowsFor({ steps }: Network): number {
  const work = steps.reduce((sum, step) => sum + workOf(step), 1);
  return Math.max(rowsLeast, Math.min(rowsMost, Math.floor(workMost / work)));
}

/** Every other row is positive, as images are; the others are around 0. */
function probeRows(count: number, features: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: count * features }, (_, index) => {
    const drawn = next.next().value;
    return Math.floor(index / features) % 2 === 0 ? drawn : drawn * 4 - 2;
  });
}

export function firstDifference(wanted: Float32Array, found: Float32Array): string | undefined {
  const largest = wanted.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  const isEqual = (a: number, b: number): boolean => Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * largest;
  const at = wanted.findIndex((value, index) => !isEqual(value, found[index] ?? NaN));
  return at < 0 ? undefined : `element ${at} is ${found[at]}, not ${wanted[at]}`;
}
