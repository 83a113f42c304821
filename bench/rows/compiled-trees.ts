import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildForest } from '../../images/compiler/native-build.ts';
import { hasFlags } from '../../images/compiler/run-artefact.ts';
import { flagsOf, targetOf, type Target } from '../../images/compiler/targets.ts';
import { emitForest } from '../../images/compiler/xgboost/emit-c.ts';
import { readModel } from '../../images/compiler/xgboost/read-model.ts';
import { assert, present } from '../../src/stdx/assert.ts';
import { interleaved, ratios, spoken } from '../interleave.ts';
import { loadForest } from '../native/compiled-forest.ts';
import { loadXgboost } from '../native/libxgboost.ts';
import { placeRows, type Predictor, type RowsMemory } from '../native/rows-memory.ts';
import { pythonEnvironment } from '../peers.ts';
import { run } from '../programs.ts';
import type { Line, Row } from '../row.ts';

const bars = { batch: 2, single: 1.5 };
const rowsCount = 4_096;
const missingShare = 0.1;

interface Shape {
  readonly trees: number;
  readonly depth: number;
  readonly features: number;
  readonly classes: number;
}
const shapes: readonly Shape[] = [
  { trees: 500, depth: 8, features: 30, classes: 1 },
  { trees: 1_000, depth: 6, features: 40, classes: 10 },
];
const quickShape: Shape = { trees: 20, depth: 3, features: 6, classes: 1 };

/** A model and rows as they come: XGBoost itself trains, a tenth of the values is missing. */
const trainer = `
import sys, numpy as np, xgboost as xgb
folder, trees, depth, features, classes, shown = sys.argv[1], *map(int, sys.argv[2:7])
generator = np.random.default_rng(11)
X = generator.normal(size=(4000 + shown, features)).astype(np.float32)
score = X[:, 0] * 2 - X[:, 1] * X[:, 2] + np.sin(X[:, 3] * 3) + generator.normal(size=len(X)) * .3
X[generator.random(X.shape) < ${missingShare}] = np.nan
label = score > 0 if classes == 1 else np.digitize(score, np.quantile(score, np.linspace(0, 1, classes + 1)[1:-1]))
objective = {"objective": "binary:logistic"} if classes == 1 else {"objective": "multi:softprob", "num_class": classes}
data = xgb.DMatrix(X[shown:], label=label[shown:])
xgb.train({"max_depth": depth, "eta": .1, "nthread": 1, "seed": 3, **objective}, data, trees // classes).save_model(folder + "/model.ubj")
X[:shown].tofile(folder + "/rows")
`;

/** Compiled trees against libxgboost's in-place prediction, both by the same binding, in one process and one thread; every margin is compared. */
export const compiledTrees: Row = {
  name: 'compiled-trees',
  programs: { 'clang-14': 'clang-14', 'ld.lld-14': 'lld-14' },

  async measure({ quick, rounds }, leftovers) {
    const folder = await mkdtemp(join(tmpdir(), 'cloister-bench-trees-'));
    leftovers.add(async () => await rm(folder, { recursive: true, force: true }));
    const lines: Line[] = [];
    for (const shape of quick ? [quickShape] : shapes) {
      const work = await mkdtemp(join(folder, 'shape-'));
      lines.push(...(await measureShape(shape, work, { rounds, forMs: quick ? 5 : 300 })));
    }
    return lines;
  },
};

async function measureShape(shape: Shape, folder: string, size: { readonly rounds: number; readonly forMs: number }): Promise<readonly Line[]> {
  const { trees, depth, features, classes } = shape;
  await run([join(pythonEnvironment, 'bin/python'), '-c', trainer, folder, ...[trees, depth, features, classes, rowsCount].map(String)]);
  const model = join(folder, 'model.ubj');
  const forest = readModel(await readFile(model));
  const started = performance.now();
  const library = await buildForest(folder, emitForest(forest), hostTarget(), AbortSignal.timeout(300_000));
  const compileMs = performance.now() - started;
  const rows = placeRows(new Float32Array(Uint8Array.from(await readFile(join(folder, 'rows'))).buffer), features);
  const ours = loadForest(library, { outputs: forest.outputs, countMax: rowsCount });
  const [xgboost] = globSync(`${pythonEnvironment}/lib/python*/site-packages/xgboost/lib/libxgboost.so`);
  const peer = loadXgboost(present(xgboost, 'libxgboost is there'), { model, outputs: forest.outputs });
  const nodes = forest.trees.reduce((sum, { left }) => sum + left.length, 0);
  const name = `compiled trees, ${trees} of depth ${depth}${classes > 1 ? `, ${classes} classes` : ''}`;
  const lines = [];
  for (const [what, count, atLeast] of [
    ['batches', rowsCount, bars.batch],
    ['single rows', 1, bars.single],
  ] as const) {
    requireSame(ours, peer, rows, count);
    const pace = (predictor: Predictor) => async () => await Promise.resolve(rowsPerMs(predictor, rows, count, size.forMs));
    const pairs = await interleaved(size.rounds, pace(ours), pace(peer));
    const line = { against: 'libxgboost, in place', figures: ratios(pairs), unit: '×' as const, bar: { atLeast } };
    lines.push({ ...line, what: `${name}: ${what}`, measured: spoken(pairs, 'rows/ms', 1) });
  }
  return [...lines, { what: `${name}: to compile`, against: '–', figures: [compileMs], unit: 'ms', measured: `${nodes} nodes, clang and lld` }];
}

/** The widest vectors that this machine has. */
function hostTarget(): Target {
  if (process.arch === 'arm64') return targetOf('LINUX ARM64');
  const known = ['ml_c5', 'ml_c4', 'LINUX X86_64'].map((name) => targetOf(name));
  return present(
    known.find((target) => hasFlags(flagsOf(target))),
    'every x86-64 has the least',
  );
}

const starts = (rows: RowsMemory, count: number): number[] => Array.from({ length: Math.floor(rows.count / count) }, (_, index) => index * count);

function requireSame(ours: Predictor, peer: Predictor, rows: RowsMemory, count: number): void {
  for (const first of starts(rows, count)) {
    for (const predictor of [ours, peer]) predictor.prepare(rows, first, count)();
    const [a, b] = [ours.margins(count), peer.margins(count)];
    assert(
      a.length === b.length && a.every((margin, index) => Object.is(margin, b[index])),
      `rows ${first} to ${first + count} have the same margins`,
    );
  }
}

/** All rows, over and over, by calls that were prepared before the clock runs. */
function rowsPerMs(predictor: Predictor, rows: RowsMemory, count: number, forMs: number): number {
  const calls = starts(rows, count).map((first) => predictor.prepare(rows, first, count));
  const started = performance.now();
  let done = 0;
  let passedMs = 0;
  do {
    for (const call of calls) call();
    done += calls.length * count;
    passedMs = performance.now() - started;
  } while (passedMs < forMs);
  return done / passedMs;
}
