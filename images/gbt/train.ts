import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { binRows } from './bins.ts';
import { TrainingError, type Configuration, type Parameters } from './configuration.ts';
import type { Model } from './model.ts';
import { gradients, gradientScale, initialMargin, score, type Score } from './objective.ts';
import type { Group } from './peers.ts';
import { readRows, type Rows } from './rows.ts';
import { leafValue, TreeGrower, type Tree } from './tree.ts';

/** Rows with the sum of leaves that each has reached so far. */
interface Scored {
  readonly rows: Rows;
  readonly margins: Float32Array;
}

export interface TrainingOptions {
  readonly root: string;
  readonly configuration: Configuration;
  readonly group: Group;
  readonly log: (line: string) => void;
  /** Told after each round, so that a job that is stopped keeps what it has. */
  readonly onRound: (model: Model) => void;
}

/** What everyone has to know of everyone's rows. */
interface Totals {
  readonly rows: number;
  readonly features: number;
  readonly largestLabel: number;
}

function readChannel({ root, configuration }: TrainingOptions, channel: string): Rows {
  const { rank, hosts } = configuration;
  const share = configuration.isReplicated(channel) ? { rank, hosts: hosts.length } : { rank: 0, hosts: 1 };
  return readRows(join(root, 'input/data', channel), share);
}

function checkLabels({ labels }: Rows, { objective, classes }: Parameters): void {
  if (objective === 'reg:squarederror') return;
  const count = objective === 'multi:softprob' ? classes : 2;
  const wrong = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= count);
  if (wrong !== undefined) throw new TrainingError(`label ${wrong} is none of the ${count} classes of ${objective}: 0 to ${count - 1}`);
}

async function totalsOf(rows: Rows, group: Group): Promise<Totals> {
  const largest = rows.labels.reduce((most, label) => Math.max(most, Math.abs(label)), 0);
  const all = await group.gather(Float64Array.of(rows.count, rows.features, largest));
  const most = (index: number): number => Math.max(...(all ?? []).map((one) => one[index] ?? 0));
  const mine =
    all === undefined
      ? new Float64Array()
      : Float64Array.of(
          all.reduce((sum, one) => sum + (one[0] ?? 0), 0),
          most(1),
          most(2),
        );
  const [count = 0, features = 0, largestLabel = 0] = await group.broadcast(mine);
  if (count === 0) throw new TrainingError('the train channel has no rows');
  if (rows.count > 0 && rows.features !== features)
    throw new TrainingError(`rows of ${rows.features} and of ${features} features among the instances`);
  return { rows: count, features, largestLabel };
}

function scored(rows: Rows, { objective, classes }: Parameters): Scored {
  return { rows, margins: new Float32Array(rows.count * classes).fill(initialMargin(objective)) };
}

/** Adds the trees of one round to the margins of rows that were not trained on. */
function follow({ rows, margins }: Scored, trees: readonly Tree[]): void {
  for (const [k, tree] of trees.entries()) {
    for (let row = 0; row < rows.count; row++) {
      const at = row * trees.length + k;
      margins[at] = (margins[at] ?? 0) + leafValue(tree, rows.values, row * rows.features);
    }
  }
}

/** Over all instances: the score and the number of rows. */
async function totalScore({ rows, margins }: Scored, { objective, classes }: Parameters, group: Group): Promise<Score & { rows: number }> {
  const mine = score(objective, rows, margins, classes);
  const sums = Float64Array.of(mine.loss, mine.wrong, rows.count);
  await group.sum(sums);
  return { loss: sums[0] ?? 0, wrong: sums[1] ?? 0, rows: sums[2] ?? 0 };
}

/** Metrics by the names and in the form in which SageMaker's XGBoost prints them: `train-logloss:0.12345`. */
function metrics(name: string, { loss, wrong, rows }: Score & { rows: number }, { objective }: Parameters): string {
  if (objective === 'reg:squarederror') return `#011${name}-rmse:${Math.sqrt(loss / rows).toFixed(5)}`;
  const prefix = objective === 'multi:softprob' ? 'm' : '';
  return `#011${name}-${prefix}logloss:${(loss / rows).toFixed(5)}#011${name}-${prefix}error:${(wrong / rows).toFixed(5)}`;
}

async function boost(grower: TreeGrower, train: Scored, parameters: Parameters, scale: number): Promise<Tree[]> {
  const { objective, classes } = parameters;
  const { first, second } = gradients(objective, train.rows, train.margins, classes, scale);
  const trees: Tree[] = [];
  for (let k = 0; k < classes; k++) {
    const ofClass = (all: Float64Array): Float64Array => (classes === 1 ? all : all.filter((_, index) => index % classes === k));
    const tree = await grower.grow(ofClass(first), ofClass(second), (rows, value) => {
      for (const row of rows) train.margins[row * classes + k] = (train.margins[row * classes + k] ?? 0) + value;
    });
    trees.push(tree);
  }
  return trees;
}

/** Trains in step with the other instances. Every instance returns the same model. */
export async function trainModel(options: TrainingOptions): Promise<Model> {
  const { configuration, group, log, root } = options;
  const { parameters } = configuration;
  if (!existsSync(join(root, 'input/data/train'))) throw new TrainingError('the job has no channel named train');
  const train = scored(readChannel(options, 'train'), parameters);
  const validation = existsSync(join(root, 'input/data/validation')) ? scored(readChannel(options, 'validation'), parameters) : undefined;
  for (const set of [train, validation]) if (set !== undefined) checkLabels(set.rows, parameters);
  const totals = await totalsOf(train.rows, group);
  const { objective, classes } = parameters;
  log(`[cloister-gbt] hosts=${group.size} rows=${totals.rows} (here ${train.rows.count}) features=${totals.features} objective=${objective}`);
  const scale = gradientScale(totals.rows, objective === 'reg:squarederror' ? 4 * totals.largestLabel : 1);
  const binned = await binRows(train.rows, totals.features, parameters.maxBins, group);
  const grower = new TreeGrower(binned, parameters, group, scale);
  const trees: Tree[] = [];
  const model: Model = { objective, classes, features: totals.features, trees };
  for (let round = 0; round < parameters.rounds; round++) {
    const grown = await boost(grower, train, parameters, scale);
    trees.push(...grown);
    let line = `[${round}]${metrics('train', await totalScore(train, parameters, group), parameters)}`;
    if (validation !== undefined) {
      follow(validation, grown);
      line += metrics('validation', await totalScore(validation, parameters, group), parameters);
    }
    log(line);
    options.onRound(model);
    // An instance that waits for no peer would otherwise never hear that it shall stop.
    await setImmediate();
  }
  if (validation !== undefined && objective !== 'reg:squarederror') {
    const { wrong, rows } = await totalScore(validation, parameters, group);
    log(`[cloister-gbt] validation-accuracy:${(1 - wrong / rows).toFixed(5)} on ${rows} rows that were not trained on`);
  }
  return model;
}
