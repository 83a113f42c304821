import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, type Network } from './lab.ts';

/** Where podman looks, on every machine, until it boots again. */
const cdiFolder = '/var/run/cdi';
const prefix = 'cloister-test-';
/** Of this run alone: other daemons of this machine have no such GPUs. */
const kind = `${prefix}${process.pid}.example/gpu`;
const specification = join(cdiFolder, `${prefix}${process.pid}.json`);

/** What looks like two GPUs of a vendor: devices of zeros, under names that nothing else has. */
const devices = [0, 1].map((index) => `/dev/${prefix}${process.pid}-gpu${index}`);

function makeGpus(): void {
  for (const path of devices) execFileSync('mknod', ['--mode=666', path, 'c', '1', '5']);
  const nodes = devices.map((path) => ({ path, type: 'c', major: 1, minor: 5, permissions: 'rw' }));
  const each = nodes.map((node, index) => ({ name: String(index), containerEdits: { deviceNodes: [node] } }));
  const all = { name: 'all', containerEdits: { deviceNodes: nodes } };
  mkdirSync(cdiFolder, { recursive: true });
  writeFileSync(specification, JSON.stringify({ cdiVersion: '0.5.0', kind, devices: [...each, all] }));
}

/** Also what a run that was killed left. */
function removeGpus(): void {
  for (const folder of [cdiFolder, '/dev'].filter((path) => existsSync(path))) {
    for (const name of readdirSync(folder)) {
      const pid = /^cloister-test-(\d+)(?:\.json|-gpu\d)$/u.exec(name)?.[1];
      if (pid !== undefined && (pid === String(process.pid) || !existsSync(`/proc/${pid}`))) rmSync(join(folder, name), { force: true });
    }
  }
}

let lab: DaemonLab;
let network: Network;
beforeAll(async () => {
  removeGpus();
  makeGpus();
  lab = await DaemonLab.open('in this process', ['--gpu-kind', kind]);
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.allowMembers(network);
  await lab.makeS3Endpoint(network);
});
afterAll(async () => {
  await lab?.close();
  removeGpus();
});

/** Says which of the devices it has, and what it reads from the first. */
const program =
  'const f = require("fs"); const found = f.readdirSync("/dev").filter((n) => n.includes("gpu")); const b = Buffer.alloc(2, 1); if (found[0]) f.readSync(f.openSync("/dev/" + found[0]), b); console.log(...found, b.toString("hex"));';

function job(name: string, InstanceType: 'ml.m5.large' | 'ml.g4dn.xlarge' | 'ml.g4dn.12xlarge', InstanceCount = 1) {
  const { InputDataConfig: _data, ...whole } = demo.trainingJob(name, network);
  const AlgorithmSpecification = {
    TrainingImage: 'cloister/base',
    TrainingInputMode: 'File' as const,
    ContainerEntrypoint: ['node', '-e', program],
  };
  return { ...whole, AlgorithmSpecification, ResourceConfig: { InstanceType, InstanceCount, VolumeSizeInGB: 1 } };
}

it('gives each instance of a GPU type a GPU of its own, and a type without none', async () => {
  const [plain, two] = await Promise.all([lab.runJob(job('plain', 'ml.m5.large')), lab.runJob(job('two', 'ml.g4dn.xlarge', 2))]);
  for (const { TrainingJobStatus, FailureReason } of [plain, two]) expect([TrainingJobStatus, FailureReason]).toEqual(['Completed', undefined]);
  expect((await lab.logLines('plain'))[0]).toBe('0101');
  expect((await lab.logLines('two', 'algo-1'))[0]).toBe(`${basename(devices[0] ?? '')} 0000`);
  expect((await lab.logLines('two', 'algo-2'))[0]).toBe(`${basename(devices[1] ?? '')} 0000`);
});

it('refuses more than there are, and a GPU type on a machine that has none', async () => {
  const refusal = async (...asked: Parameters<typeof job>): Promise<string> => await lab.createJob(job(...asked)).then(() => 'accepted', String);
  expect(await refusal('four', 'ml.g4dn.12xlarge')).toContain('ml.g4dn.12xlarge has 4 NVIDIA GPUs, and this machine has 2.');
  expect(await refusal('three', 'ml.g4dn.xlarge', 3)).toContain('3 instances of ml.g4dn.xlarge have 3 NVIDIA GPUs, and this machine has 2.');
  rmSync(specification);
  expect(await refusal('none', 'ml.g4dn.xlarge')).toContain(
    'ml.g4dn.xlarge has 1 NVIDIA GPU, and this machine has none that it could give to a container.',
  );
});
