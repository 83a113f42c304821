import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseCuts } from './bins.ts';
import { parseParameters } from './configuration.ts';
import { gradientScale } from './objective.ts';

const data = join(import.meta.dirname, 'data');
let folder: string;
const running: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-gbt-'));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

interface Instance {
  readonly root: string;
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; output: string }>;
}

interface Run {
  readonly hyperparameters?: Record<string, string>;
  readonly distribution?: 'FullyReplicated' | 'ShardedByS3Key';
  /** The text of the train channel's file for one instance of many. */
  readonly trainCsv?: (index: number, count: number) => string;
}

/** Starts the algorithm as one of several instances, which are addresses of the loopback here. */
function start(hosts: readonly string[], index: number, name: string, run: Run): Instance {
  const root = join(folder, name, `algo-${index + 1}`);
  for (const path of ['input/config', 'input/data/train', 'input/data/validation']) mkdirSync(join(root, path), { recursive: true });
  const config = (file: string, value: unknown): void => writeFileSync(join(root, 'input/config', file), JSON.stringify(value));
  config('hyperparameters.json', { num_round: '8', peer_wait_seconds: '15', ...run.hyperparameters });
  config('resourceconfig.json', { current_host: hosts[index], hosts });
  config('inputdataconfig.json', { train: { ContentType: 'text/csv', S3DistributionType: run.distribution ?? 'FullyReplicated' } });
  if (run.trainCsv === undefined) cpSync(join(data, 'train.csv'), join(root, 'input/data/train/train.csv'));
  else writeFileSync(join(root, 'input/data/train/train.csv'), run.trainCsv(index, hosts.length));
  cpSync(join(data, 'validation.csv'), join(root, 'input/data/validation/validation.csv'));
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'train'], { env: { ML_ROOT: root } });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { root, child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, output })) };
}

async function train(count: number, name: string, run: Run = {}): Promise<{ model: string; output: string }> {
  const hosts = Array.from({ length: count }, (_, index) => `127.0.0.${index + 1}`);
  const hyperparameters = { ...run.hyperparameters, peer_port: String(await freePort()) };
  const instances = hosts.map((_, index) => start(hosts, index, name, { ...run, hyperparameters }));
  const results = await Promise.all(instances.map(({ ended }) => ended));
  expect(results.map(({ code, output }) => (code === 0 ? 0 : output))).toEqual(results.map(() => 0));
  const [leader, ...others] = instances;
  for (const { root } of others) expect(existsSync(join(root, 'model/xgboost-model'))).toBe(false);
  return { model: readFileSync(join(leader?.root ?? '', 'model/xgboost-model'), 'utf8'), output: results[0]?.output ?? '' };
}

const failureOf = ({ root }: Instance): string => readFileSync(join(root, 'output/failure'), 'utf8');
const lines = readFileSync(join(data, 'train.csv'), 'utf8').trim().split('\n');

describe('training', () => {
  it('gives the same model to the byte on one, two and four instances', async () => {
    const one = await train(1, 'one');
    expect((await train(2, 'two')).model).toBe(one.model);
    expect((await train(4, 'four')).model).toBe(one.model);
    const trainCsv = (index: number, count: number): string => lines.filter((_, row) => row % count !== index || count === 1).join('\n');
    const halves = await train(2, 'halves', { distribution: 'ShardedByS3Key', trainCsv });
    expect(halves.model).toBe(one.model);
  });

  it('learns: most rows that it never saw are told right', async () => {
    const { output } = await train(1, 'one', { hyperparameters: { num_round: '30' } });
    const accuracy = Number(/validation-accuracy:([\d.]+) on 114 rows/.exec(output)?.[1]);
    expect(accuracy).toBeGreaterThan(0.93);
    const losses = [...output.matchAll(/#011train-logloss:([\d.]+)/g)].map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(30);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 10);
  });

  it('writes the floats of XGBoost JSON with an exponent, and numbers of trees and features that agree', async () => {
    const { model } = await train(1, 'one');
    expect(model).toMatch(/"split_conditions":\[[-\d.]+E[+-]\d+,/);
    const { learner } = JSON.parse(model) as {
      learner: {
        gradient_booster: { model: { trees: { left_children: number[]; split_conditions: number[] }[] } };
        learner_model_param: { num_feature: string };
      };
    };
    expect(learner.learner_model_param.num_feature).toBe('30');
    expect(learner.gradient_booster.model.trees).toHaveLength(8);
    for (const tree of learner.gradient_booster.model.trees) expect(tree.split_conditions).toHaveLength(tree.left_children.length);
  });

  it('trains on several classes and on numbers, the same on two instances', async () => {
    const classes = lines.map((line, row) => line.replace(/^\d/, String(row % 3 === 0 ? 2 : Number(line[0])))).join('\n');
    const several: Run = { hyperparameters: { objective: 'multi:softprob', num_class: '3' }, trainCsv: () => classes };
    expect((await train(2, 'm2', several)).model).toBe((await train(1, 'm1', several)).model);
    const numbers: Run = {
      hyperparameters: { objective: 'reg:squarederror' },
      trainCsv: () => lines.map((line) => `${line.split(',')[4]}${line.slice(1)}`).join('\n'),
    };
    const alone = await train(1, 'r1', numbers);
    expect((await train(2, 'r2', numbers)).model).toBe(alone.model);
    const rmse = [...alone.output.matchAll(/train-rmse:([\d.]+)/g)].map(([, value]) => Number(value));
    expect(rmse.at(-1)).toBeLessThan((rmse[0] ?? 0) / 2);
  });

  it('learns which way missing values go', async () => {
    const trainCsv = (): string => Array.from({ length: 60 }, (_, row) => (row % 2 === 0 ? `1,,${row}` : `0,${row},${row}`)).join('\n');
    const instance = start(['127.0.0.1'], 0, 'missing', { trainCsv });
    rmSync(join(instance.root, 'input/data/validation'), { recursive: true });
    const { output } = await instance.ended;
    expect(output).toMatch(/\[7\]#011train-logloss:[\d.]+#011train-error:0.00000/);
  });
});

describe('failures', () => {
  it('hints at the security group when the leader cannot be reached', async () => {
    const hyperparameters = { peer_wait_seconds: '1', peer_port: String(await freePort()) };
    const instance = start(['127.0.0.1', '127.0.0.2'], 1, 'alone', { hyperparameters });
    expect((await instance.ended).code).toBe(1);
    expect(failureOf(instance)).toMatch(
      /^cannot reach 127\.0\.0\.1:\d+ for 1 seconds \(.*ECONNREFUSED.*\); do the security groups of the job allow traffic between/,
    );
  });

  it('names the instances that did not come', async () => {
    const hyperparameters = { peer_wait_seconds: '1', peer_port: String(await freePort()) };
    const instance = start(['127.0.0.1', '127.0.0.2', '127.0.0.3'], 0, 'leader', { hyperparameters });
    expect((await instance.ended).code).toBe(1);
    expect(failureOf(instance)).toMatch(/^127\.0\.0\.2, 127\.0\.0\.3 did not connect/);
  });

  it('ends when a peer is lost', async () => {
    const hyperparameters = { num_round: '5000', peer_port: String(await freePort()) };
    const hosts = ['127.0.0.1', '127.0.0.2'];
    const [leader, other] = hosts.map((_, index) => start(hosts, index, 'lost', { hyperparameters })) as [Instance, Instance];
    await once(leader.child.stdout ?? leader.child, 'data');
    other.child.kill('SIGKILL');
    expect((await leader.ended).code).toBe(1);
    expect(failureOf(leader)).toMatch(/^(the connection to )?127\.0\.0\.2 (failed|ended)/);
  });

  it.each([
    ['a header', 'label,a\n1,2\n', /train\.csv line 1: column 1 is not a number: "label"/],
    ['rows of different lengths', '1,2,3\n1,2\n', /train\.csv line 2: 1 features, where the first row has 2/],
    ['a label that is no class', '7,2,3\n', /label 7 is none of the 2 classes/],
    ['nothing', '', /the train channel has no rows/],
  ])('names the place of %s', async (_what, csv, failure) => {
    const instance = start(['127.0.0.1'], 0, 'bad', { trainCsv: () => csv });
    expect((await instance.ended).code).toBe(1);
    expect(failureOf(instance)).toMatch(failure);
  });

  it('ends at once when it is stopped while it waits for the others', async () => {
    const port = await freePort();
    const instance = start(['127.0.0.1', '127.0.0.2'], 0, 'waiting', { hyperparameters: { peer_wait_seconds: '60', peer_port: String(port) } });
    const connected = async (): Promise<boolean> => {
      const socket = connect(port, '127.0.0.1');
      return await once(socket, 'connect')
        .then(
          () => true,
          () => false,
        )
        .finally(() => socket.destroy());
    };
    await expect.poll(connected, { timeout: 10_000 }).toBe(true);
    instance.child.kill('SIGTERM');
    expect(await instance.ended).toEqual({ code: 143, output: '[cloister-gbt] stopped\n' });
  });

  it('keeps the rounds it has when it is stopped', async () => {
    const instance = start(['127.0.0.1'], 0, 'stopped', { hyperparameters: { num_round: '9000' } });
    await new Promise<void>((resolve) => {
      instance.child.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.includes('[3]')) resolve();
      });
    });
    instance.child.kill('SIGTERM');
    expect((await instance.ended).code).toBe(143);
    const model = readFileSync(join(instance.root, 'model/xgboost-model'), 'utf8');
    expect(() => void JSON.parse(model)).not.toThrow();
  });
});

describe('hyperparameters', () => {
  it.each([
    [{ num_round: '0' }, /num_round must be a number from 1 to 10000, not "0"/],
    [{ max_depth: '2.5' }, /max_depth must be a whole number/],
    [{ eta: '' }, /eta must be a number/],
    [{ learning_rate: '1' }, /learning_rate is unknown/],
    [{ objective: 'rank:pairwise' }, /objective must be one of/],
    [{ objective: 'multi:softprob' }, /needs the hyperparameter num_class/],
  ])('refuses %o', (given, message) => {
    expect(() => parseParameters(given as unknown as Record<string, string>)).toThrow(message);
  });

  it('takes what the SDK adds', () => {
    expect(parseParameters({ sagemaker_region: '"us-east-1"' }).rounds).toBe(50);
  });
});

describe('thresholds', () => {
  it('lie between neighbours, also when there is no float between them', () => {
    expect([...chooseCuts([Float64Array.of(3, 1, 1, 1)], 256)]).toEqual([2]);
    const next = Math.fround(1 + 2 ** -23);
    expect([...chooseCuts([Float64Array.of(1, 1, next, 1)], 256)]).toEqual([next]);
  });

  it('are no more than asked for, and fill the bins evenly', () => {
    const values = Float64Array.from({ length: 2_000 }, (_, index) => (index % 2 === 0 ? index : 1));
    const cuts = chooseCuts([values], 4);
    expect(cuts).toHaveLength(3);
    expect([...cuts].map((cut) => Math.round(cut / 100))).toEqual([5, 10, 15]);
  });

  it('keep sums of gradients exact', () => {
    expect(gradientScale(1_000, 1)).toBe(2 ** 20);
    expect(gradientScale(1e9, 1e6) * 1e9 * 1e6).toBeLessThanOrEqual(2 ** 52);
  });
});
