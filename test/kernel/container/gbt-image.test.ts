import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src/drivers/process/process.ts';
import { namespaceForTests, podmanForTests } from './store.ts';

const data = join(import.meta.dirname, '../../../images/gbt/data');
let store: Awaited<ReturnType<typeof podmanForTests>>;
let namespace: Awaited<ReturnType<typeof namespaceForTests>>;

beforeAll(async () => {
  store = await podmanForTests(['cloister/gbt']);
  namespace = await namespaceForTests();
  await run(['ip', '-n', namespace.path.split('/').at(-1) ?? '', 'link', 'set', 'lo', 'up']);
}, 120_000);

afterAll(async () => {
  await store.dispose();
  await namespace.dispose();
});

const uidBase = 3_100_000;

/** Makes the instance's directory as a job would, and starts `cloister/gbt train` in it. */
async function startInstance(name: string, index: number, count: number): Promise<string> {
  const ml = join(store.folder, name, 'ml');
  for (const path of ['input/config', 'input/data/train', 'model', 'output']) mkdirSync(join(ml, path), { recursive: true });
  const hosts = Array.from({ length: count }, (_, host) => `algo-${host + 1}`);
  writeFileSync(join(ml, 'input/config/resourceconfig.json'), JSON.stringify({ current_host: hosts[index], hosts }));
  writeFileSync(join(ml, 'input/config/hyperparameters.json'), JSON.stringify({ num_round: '5' }));
  cpSync(join(data, 'train.csv'), join(ml, 'input/data/train/train.csv'));
  await run(['chown', '-R', `${uidBase}:${uidBase}`, ml]);
  const hostsFile = join(store.folder, name, 'hosts');
  writeFileSync(hostsFile, hosts.map((host, number) => `127.0.0.${number + 1} ${host}\n`).join(''));
  await store.driver.create({
    name,
    labels: {},
    image: 'cloister/gbt',
    arguments: ['train'],
    environment: {},
    mounts: [
      { source: ml, target: '/opt/ml', readOnly: false },
      { source: hostsFile, target: '/etc/hosts', readOnly: true },
    ],
    networkNamespacePath: namespace.path,
    hostname: hosts[index] ?? '',
    uidBase,
    logPath: join(store.folder, `${name}.log`),
  });
  await store.driver.start(name);
  return join(ml, 'model/xgboost-model');
}

it('trains in containers that find each other by name, to the same bytes as alone', async () => {
  const alone = await startInstance('alone', 0, 1);
  expect(await store.driver.wait('alone', AbortSignal.timeout(30_000))).toBe(0);
  const first = await startInstance('pair-1', 0, 2);
  await startInstance('pair-2', 1, 2);
  for (const name of ['pair-1', 'pair-2']) expect(await store.driver.wait(name, AbortSignal.timeout(30_000))).toBe(0);
  expect(readFileSync(first, 'utf8')).toBe(readFileSync(alone, 'utf8'));
});
