import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, type Network } from './lab.ts';

/** The built-in trainer's model is the same to the byte on one instance and on several: so they did train together. */

let lab: DaemonLab;
let network: Network;
/** Of one instance. */
let alone: string;

/** The rows as one object; and divided among as many, no two of the same size. */
const divided = { one: 1, three: 3, five: 5 } as const;
type Division = keyof typeof divided;

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');
const partOf = (lines: readonly string[], part: number, parts: number): string =>
  lines.filter((_, row) => Math.min(Math.floor(Math.sqrt((row * parts * parts) / lines.length)), parts - 1) === part).join('\n');

beforeAll(async () => {
  lab = await DaemonLab.open();
  await lab.makeDataAndRole();
  for (const [name, parts] of Object.entries(divided)) {
    for (let part = 0; part < parts; part += 1) {
      await lab.putObject(`${name}/train/${part}.csv`, partOf(linesOf(demo.trainRows), part, parts));
      await lab.putObject(`${name}/validation/${part}.csv`, partOf(linesOf(demo.validationRows), part, parts));
    }
  }
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  await lab.allowMembers(network);
  alone = (await train({ instances: 1, from: 'one', distribution: 'FullyReplicated' })).model;
});
afterAll(async () => void (await lab?.close()));

interface Training {
  readonly instances: number;
  readonly from: Division;
  readonly distribution: 'FullyReplicated' | 'ShardedByS3Key';
}

async function train({ instances, from, distribution }: Training): Promise<{ model: string; log: readonly string[] }> {
  const name = `${distribution.toLowerCase()}-${from}-on-${instances}`;
  const job = demo.trainingJob(name, network);
  const ended = await lab.runJob({
    ...job,
    ResourceConfig: { ...job.ResourceConfig, InstanceCount: instances },
    InputDataConfig: ['train', 'validation'].map((channel) => ({
      ChannelName: channel,
      ContentType: 'text/csv',
      DataSource: {
        S3DataSource: {
          S3DataType: 'S3Prefix' as const,
          S3Uri: `s3://${demo.bucket}/${from}/${channel}/`,
          S3DataDistributionType: distribution,
        },
      },
    })),
  });
  expect([ended.TrainingJobStatus, ended.FailureReason]).toEqual(['Completed', undefined]);
  const archive = await lab.getObject(`output/${name}/output/model.tar.gz`);
  demo.expectXgboostModel(archive);
  return { model: demo.fileOfArchive(archive, 'xgboost-model'), log: await lab.logLines(name) };
}

it.each<Training>([
  { instances: 2, from: 'one', distribution: 'FullyReplicated' },
  { instances: 4, from: 'one', distribution: 'FullyReplicated' },
  { instances: 4, from: 'five', distribution: 'FullyReplicated' },
  { instances: 1, from: 'five', distribution: 'ShardedByS3Key' },
  { instances: 2, from: 'five', distribution: 'ShardedByS3Key' },
  { instances: 4, from: 'five', distribution: 'ShardedByS3Key' },
  // One of them has no rows of its own.
  { instances: 4, from: 'three', distribution: 'ShardedByS3Key' },
])('on $instances instances, of $from, $distribution', async (training) => {
  const { model, log } = await train(training);
  expect(model).toBe(alone);
  const [, hosts, rows, here] = /hosts=(\d+) rows=(\d+) \(here (\d+)\)/u.exec(log.join('\n')) ?? [];
  expect([Number(hosts), Number(rows)]).toEqual([training.instances, linesOf(demo.trainRows).length]);
  // The first instance had its share, and no more.
  expect(here === rows).toBe(training.instances === 1);
});
