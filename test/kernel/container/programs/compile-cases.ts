/**
 * Runs in cloister/compiler, with its clang and its emulators: compiles every model in a folder for a target and writes what the compiled
 * code says of the model's rows. `broken` is compiled with a leaf changed: what the self-check says of that goes beside it.
 */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CaseFile {
  readonly model: string;
  readonly rows: string;
  readonly count: number;
}

export interface CaseResult {
  /** Base64 of what the compiled code says. */
  readonly margins: string;
  readonly checkedRows: number;
  readonly broken: string;
}

const program = '/opt/program';
type Native = typeof import('../../../../images/compiler/native-build.ts');
const { buildForest, buildRunner } = (await import(`${program}/native-build.ts`)) as Native;
const { runArtefact } = (await import(`${program}/run-artefact.ts`)) as typeof import('../../../../images/compiler/run-artefact.ts');
const { targetOf } = (await import(`${program}/targets.ts`)) as typeof import('../../../../images/compiler/targets.ts');
const { emitForest } = (await import(`${program}/xgboost/emit-c.ts`)) as typeof import('../../../../images/compiler/xgboost/emit-c.ts');
const { readModel } = (await import(`${program}/xgboost/read-model.ts`)) as typeof import('../../../../images/compiler/xgboost/read-model.ts');
const { selfCheck } = (await import(`${program}/xgboost/self-check.ts`)) as typeof import('../../../../images/compiler/xgboost/self-check.ts');

const [folder = '', targetName = ''] = process.argv.slice(2);
const target = targetOf(targetName);
const { signal } = new AbortController();
const fresh = (): string => mkdtempSync(join(tmpdir(), 'case-'));
const runner = await buildRunner(fresh(), target, signal);
type Forest = ReturnType<typeof readModel>;

async function compiled(forest: Forest): Promise<{ library: string; runner: string; target: typeof target }> {
  return { library: await buildForest(fresh(), emitForest(forest), target, signal), runner, target };
}

/** What a compiler with a mistake would make: the last leaf of the first tree an ulp or more away. */
const damaged = (forest: Forest): Forest => ({
  ...forest,
  trees: forest.trees.map((tree, index) => (index > 0 ? tree : { ...tree, leaves: tree.leaves.map((leaf) => leaf * 1.000_001) })),
});

for (const name of readdirSync(folder)) {
  const given = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CaseFile;
  const forest = readModel(Buffer.from(given.model, 'base64'));
  const artefact = await compiled(forest);
  const rows = new Float32Array(Uint8Array.from(Buffer.from(given.rows, 'base64')).buffer);
  const margins = await runArtefact(artefact, { rows, count: given.count, features: forest.features }, signal);
  const { rows: checkedRows } = await selfCheck(forest, artefact, signal);
  const broken = !name.startsWith('deep')
    ? ''
    : await selfCheck(forest, await compiled(damaged(forest)), signal).then(
        () => 'nothing',
        (error: unknown) => String(error),
      );
  const result: CaseResult = { margins: Buffer.from(margins?.buffer ?? new ArrayBuffer(0)).toString('base64'), checkedRows, broken };
  writeFileSync(join(folder, '../results', name), JSON.stringify(result));
}
