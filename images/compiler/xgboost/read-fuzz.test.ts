import { expect, it, vi } from 'vitest';
import { seededRandom } from '../../../src/stdx/random.ts';
import { damage, damageDocument } from '../../../test/fixtures/damage.ts';
import { InputError } from '../input-error.ts';
import { xgboostCases } from './cases.ts';
import { emitForest } from './emit-c.ts';
import type { Forest } from './forest.ts';
import { marginsOf } from './interpret.ts';
import { probeRows } from './probe-rows.ts';
import { readModel } from './read-model.ts';

/** `XGBOOST_SEED=… XGBOOST_RUNS=… npm run fuzz -- -t models` replays a run. */
const seed = Number(process.env['XGBOOST_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);
const runs = Number(process.env['XGBOOST_RUNS'] ?? 1_500);

vi.setConfig({ testTimeout: 20_000 + runs * 20 });

const models = xgboostCases().flatMap((one) => Object.values(one.models));
const documents = xgboostCases().flatMap((one) => one.models['json'] ?? []);
/** Steps that a tree of the corpus takes at most. */
const nodesMost = 10_000;

it(`damaged models are read or refused, never anything else (XGBOOST_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  const below = (count: number): number => Number.parseInt(random.hex(8), 16) % count;
  let refused = 0;
  for (let run = 0; run < runs; run += 1) {
    const empty = Buffer.alloc(0);
    const damaged =
      run % 2 === 0 ? damage(models[below(models.length)] ?? empty, below) : damageDocument(documents[below(documents.length)] ?? empty, below);
    try {
      const forest = readModel(damaged);
      // What is compiled is checked against this.
      if (forest.trees.reduce((sum, { left }) => sum + left.length, forest.features + forest.outputs) < nodesMost) interpreted(forest);
      const text = emitForest(forest).header.replace(assembly, '');
      // Whatever the model says becomes numbers: a name of it never stands in the C.
      expect(text).not.toMatch(/["\\](?!hidden|identity|sigmoid|exponential|softmax|max_index)[^")\n]/u);
    } catch (error) {
      if (!(error instanceof InputError))
        throw new Error(`run ${run}: XGBOOST_SEED=${seed} XGBOOST_RUNS=${run + 1} npm run fuzz -- -t models`, { cause: error });
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(runs / 4);
});

function interpreted(forest: Forest): void {
  const { rows, count } = probeRows(forest, seed);
  const few = Math.min(count, 4);
  expect(marginsOf(forest, rows, few)).toHaveLength(few * forest.outputs);
}

/** What places the tables: names of ours, and numbers. */
const assembly =
  /^__asm__\(\n {2}"\.pushsection \.rodata\.tables[^\n]*\n(?: {2}"\.hidden (?<name>[a-z_]+)\\n\.set \k<name>, cloister_tables \+ \d+\\n"\n)+ {2}"\.popsection\\n"\);$/mu;
