import { expect, it, vi } from 'vitest';
import { seededRandom } from '../../../src/stdx/random.ts';
import { damage } from '../damage.ts';
import { InputError } from '../input-error.ts';
import { xgboostCases } from './cases.ts';
import { emitForest } from './emit-c.ts';
import { readModel } from './read-model.ts';

/** `XGBOOST_SEED=… XGBOOST_RUNS=… vitest run --project unit images/compiler/xgboost/read-fuzz` replays a run. */
const seed = Number(process.env['XGBOOST_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);
const runs = Number(process.env['XGBOOST_RUNS'] ?? 1_500);

vi.setConfig({ testTimeout: 20_000 + runs * 20 });

const models = xgboostCases().flatMap((one) => Object.values(one.models));

it(`damaged models are read or refused, never anything else (XGBOOST_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  const below = (count: number): number => Number.parseInt(random.hex(8), 16) % count;
  let refused = 0;
  for (let run = 0; run < runs; run += 1) {
    const damaged = damage(models[below(models.length)] ?? Buffer.alloc(0), below);
    try {
      const text = emitForest(readModel(damaged)).header.replace(assembly, '');
      // Whatever the model says becomes numbers: a name of it never stands in the C.
      expect(text).not.toMatch(/["\\](?!hidden|identity|sigmoid|exponential|softmax|max_index)[^")\n]/u);
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(`run ${run} of XGBOOST_SEED=${seed}`, { cause: error });
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(runs / 4);
});

/** What places the tables: names of ours, and numbers. */
const assembly =
  /^__asm__\(\n {2}"\.pushsection \.rodata\.tables[^\n]*\n(?: {2}"\.hidden (?<name>[a-z_]+)\\n\.set \k<name>, cloister_tables \+ \d+\\n"\n)+ {2}"\.popsection\\n"\);$/mu;
