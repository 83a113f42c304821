import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as Ec2 from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CliCommand } from './cli-command.ts';
import { DaemonProcess, region } from './daemon-process.ts';

const runMs = 100_000;

/** Every instance says what it was given; the first one writes a model, and epoch 13 fails. */
const script = `
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { host } from './host.mjs';
const { SM_HOSTS, SM_NUM_GPUS, SM_CHANNEL_TRAIN, SM_MODEL_DIR } = process.env;
console.log(host, SM_HOSTS, SM_NUM_GPUS, process.argv.slice(2).join(' '), basename(process.argv[1]), readFileSync(SM_CHANNEL_TRAIN + '/deep/rows.csv', 'utf8'));
if (process.argv.includes('13')) throw new Error('thirteen epochs');
if (host === 'algo-1') writeFileSync(SM_MODEL_DIR + '/model.txt', 'learnt');
`;

let folder: string;
let daemon: DaemonProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-run-command-'));
  for (const name of ['code', 'data/train/deep', 'own']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'code', 'train.mjs'), script);
  writeFileSync(join(folder, 'code', 'host.mjs'), 'export const host = process.env.SM_CURRENT_HOST;');
  writeFileSync(join(folder, 'data/train/deep/rows.csv'), '1,2');
  daemon = await DaemonProcess.start();
});
afterAll(async () => {
  await daemon?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** `cloister run code/train.mjs …` in the folder. */
function running(parameters: readonly string[], state = daemon.dataDirectory, environment: Record<string, string> = {}): CliCommand {
  const own = ['--data', 'data', '--source-dir', 'code', '--state', state];
  return new CliCommand(['run', 'code/train.mjs', ...own, ...parameters], { timeoutMs: runMs, cwd: folder, environment });
}

const idsIn = (text: string): string[] => text.match(/\b(?:vpc|subnet|sg)-[0-9a-f]{17}\b/gu) ?? [];

it('trains a script of the user on two instances in a private VPC, and brings the model', async () => {
  const { code, stdout, stderr } = await running(['--instances', '2', '--hyperparameter', 'epochs=3', '--name', 'first']).end();
  expect(stderr).toContain('first: Completed');
  const said = (host: string): string => `${host} | ${host} ["algo-1","algo-2"] 0 --epochs 3 train.mjs 1,2`;
  const lines = stdout.split('\n').filter((line) => line.startsWith('algo-'));
  expect(lines.toSorted()).toEqual([said('algo-1'), said('algo-2')]);
  expect(stdout).toContain('channel train: 1 file, 1 of them new');
  expect(execFileSync('tar', ['-xzOf', join(folder, 'first-model.tar.gz'), 'model.txt'], { encoding: 'utf8' })).toBe('learnt');
  expect(code).toBe(0);

  // The second time everything is there.
  const again = await running(['--hyperparameter', 'epochs=13', '--name', 'second']).end();
  expect(idsIn(again.stdout)).toEqual(idsIn(stdout));
  expect(idsIn(stdout)).toHaveLength(3);
  expect(again.stdout.match(/, 0 of them new/gu)).toHaveLength(2);
  expect(again.stderr).toMatch(/second: Failed: AlgorithmError: Error: thirteen epochs[^]*exit code: 1/u);
  expect(again.code).toBe(1);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tar.gz'))).toEqual(['first-model.tar.gz']);
});

it("runs in a VPC of the user's as it is: what it lacks is what the job fails of", async () => {
  const ec2 = new Ec2.EC2Client({ region, endpoint: daemon.endpoint, credentials: daemon.credentials });
  const { Vpc } = await ec2.send(new Ec2.CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }));
  const vpcId = Vpc?.VpcId ?? '';
  const empty = await running(['--vpc', vpcId]).end();
  expect([empty.code, empty.stderr]).toEqual([1, `cloister: ${vpcId} has no subnets\n`]);
  const { Subnet } = await ec2.send(new Ec2.CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.7.1.0/24' }));
  const { code, stdout, stderr } = await running(['--vpc', vpcId]).end();
  expect(stdout).toContain(`private network ${vpcId}: ${Subnet?.SubnetId}, sg-`);
  expect(stderr).toContain('has no route to prefix list');
  expect(code).toBe(1);
});

it('has a daemon of its own where none runs, and leaves nothing of it when it is interrupted', async () => {
  const own = join(folder, 'own');
  const command = running(['--name', 'third'], join(folder, 'nowhere'), { TMPDIR: own });
  await command.printed('training job third');
  expect(readdirSync(own)).toHaveLength(1);
  command.child.kill('SIGINT');
  expect((await command.end()).code).toBe(130);
  expect(readdirSync(own)).toEqual([]);
});
