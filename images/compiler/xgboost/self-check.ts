import type { SelfCheck } from '../compiled.ts';
import { CompilationError } from '../input-error.ts';
import { runArtefact } from '../run-artefact.ts';
import type { Target } from '../targets.ts';
import type { Forest } from './forest.ts';
import { marginsOf } from './interpret.ts';
import { probeRows } from './probe-rows.ts';

const seed = 20_261_126;

/** So few that the code takes each row by itself: native/forest.c. */
const fewRows = 3;

/** Runs a compiled forest on rows of its own, by the hundred and by the few, and throws unless every margin is the interpreter's, bit for bit. */
export async function selfCheck(
  forest: Forest,
  artefact: { readonly library: string; readonly runner: string; readonly target: Target },
  signal: AbortSignal,
): Promise<SelfCheck> {
  const { rows, count } = probeRows(forest, seed);
  const wanted = marginsOf(forest, rows, count);
  for (const atOnce of [count, fewRows]) {
    const found = await runArtefact(artefact, { rows, count, features: forest.features, atOnce }, signal);
    if (found === undefined) return { rows: 0, seed };
    const differing = wanted.findIndex((margin, index) => !Object.is(margin, found[index]));
    if (found.length !== wanted.length || differing >= 0)
      throw new CompilationError(
        `the compiled model differs from the given one: row ${Math.floor(differing / forest.outputs)} of the self-check (seed ${seed}) is ${found[differing]}, not ${wanted[differing]}`,
      );
  }
  return { rows: count, seed };
}
