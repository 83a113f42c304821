import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LocalPlacement } from '../../../src/drivers/placement/local/local-placement.ts';
import type { AgentSession, InstanceSpec } from '../../../src/drivers/placement/placement-driver.ts';
import * as contract from '../../../src/model/job/container-contract.ts';
import { containerMounts, instanceLayout } from '../../../src/model/job/instance-layout.ts';
import { systemRandom } from '../../../src/stdx/random.ts';
import { podmanForTests } from './store.ts';
import { vpcForTests, type TestVpc } from './vpc.ts';

const data = join(import.meta.dirname, '../../../images/gbt/data');
const uidBase = 3_400_000;
const never = new AbortController().signal;
let vpc: TestVpc;
let store: Awaited<ReturnType<typeof podmanForTests>>;
let placement: LocalPlacement;

beforeAll(async () => {
  store = await podmanForTests(['cloister/gbt']);
  vpc = await vpcForTests();
  placement = new LocalPlacement({ root: join(vpc.folder, 'instances'), random: systemRandom });
}, 120_000);

afterAll(async () => {
  await placement.purge();
  await store.dispose();
  await vpc.dispose();
});

const credentials = async () => ({ accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T', expiration: '2099-01-01T00:00:00Z' });
const directoryOf = (name: string): string => join(vpc.folder, 'instances', name);

/** An instance as a job makes it from the request. */
function instance(index: number, count: number): InstanceSpec {
  const hosts = Array.from({ length: count }, (_, host) => contract.hostName(host));
  const currentHost = contract.hostName(index);
  const channel = { channelName: 'train', inputMode: 'File', s3DistributionType: 'ShardedByS3Key', recordWrapperType: 'None' } as const;
  return {
    instanceId: `job.${currentHost}`,
    region: 'us-east-1',
    directory: directoryOf(currentHost),
    uidBase,
    volumeBytes: 64 << 20,
    networkNamespacePath: vpc.namespacePath,
    nameServers: ['10.9.0.2'],
    certificateAuthorities: vpc.certificateAuthorities,
    configuration: {
      'hyperparameters.json': contract.hyperparametersJson({ num_round: '4' }),
      'inputdataconfig.json': contract.inputDataConfigJson([channel]),
      'resourceconfig.json': contract.resourceConfigJson({ currentHost, hosts, instanceType: 'ml.m5.large' }),
    },
    hosts: contract.hostsFile(hosts.map((name, host) => ({ name, address: `127.0.0.${host + 1}` }))),
    resolvConf: contract.resolvConf({ nameServers: ['10.9.0.2'], searchDomains: [] }),
    ...(index === 0 && { peers: hosts.slice(1).map((name) => ({ name, directory: directoryOf(name) })) }),
  };
}

async function createContainer(spec: InstanceSpec, index: number): Promise<void> {
  const currentHost = contract.hostName(index);
  const job = { trainingJobName: 'job', trainingJobArn: 'arn:aws:sagemaker:us-east-1:000000000000:training-job/job', region: 'us-east-1' };
  await store.driver.create({
    name: spec.instanceId,
    labels: { job: 'job' },
    image: 'cloister/gbt',
    ...contract.containerCommand(undefined, undefined),
    environment: contract.containerEnvironment({ ...job, currentHost, environment: {} }),
    mounts: containerMounts(spec.directory),
    networkNamespacePath: vpc.namespacePath,
    hostname: currentHost,
    uidBase,
    logPath: instanceLayout(spec.directory).containerLog,
  });
}

it('does a job of two instances: data in, training over the network, one archive out', async () => {
  const rows = readFileSync(join(data, 'train.csv'), 'utf8').trim().split('\n');
  for (const [name, part] of [
    ['a', rows.slice(0, 200)],
    ['b', rows.slice(200)],
  ] as const)
    await vpc.put(`data/train/${name}.csv`, `${part.join('\n')}\n`);
  const specs = [0, 1].map((index) => instance(index, 2));
  for (const spec of specs) await placement.prepare(spec);
  const sessions: AgentSession[] = [];
  for (const [index, spec] of specs.entries()) {
    const session = await placement.startAgent(spec, credentials);
    const channels = [{ channelName: 'train', dataType: 'S3Prefix', bucket: 'data', prefix: 'train/', shard: { index, count: 2 } }] as const;
    const [result] = await Promise.all([session.order({ kind: 'download', orderId: 'down', channels }, never), createContainer(spec, index)]);
    expect(result).toMatchObject({ ok: true, objects: 1 });
    sessions.push(session);
  }
  await Promise.all(specs.map(({ instanceId }) => store.driver.start(instanceId)));
  for (const { instanceId } of specs) expect(await store.driver.wait(instanceId, AbortSignal.timeout(30_000))).toBe(0);
  const order = {
    kind: 'upload',
    orderId: 'up',
    archives: [{ directory: 'model', compressionType: 'GZIP', bucket: 'out', key: 'job/output/model.tar.gz', peers: ['algo-2'] }],
  } as const;
  expect(await sessions[0]?.order(order, never)).toMatchObject({ ok: true, objects: 1 });
  const archive = await vpc.get('out/job/output/model.tar.gz');
  const model = JSON.parse(execFileSync('tar', ['-xzO', 'xgboost-model'], { input: archive }).toString()) as {
    learner: { gradient_booster: { model: { trees: object[] } } };
  };
  expect(model.learner.gradient_booster.model.trees).toHaveLength(4);
});
