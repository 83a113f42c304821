import { afterAll, beforeAll, expect, it } from 'vitest';
import { registries } from '../../src/daemon/registries.ts';
import { runPython } from './boto3/run-python.ts';
import { DaemonProcess } from './daemon-process.ts';
import * as demo from './demo-path.ts';
import { absent, gone, onePage, smallPages, waitedInVain } from './pages.ts';

/** Every waiter and paginator that boto3 has for operations that are built. Python goes them, the tests judge. */

let daemon: DaemonProcess;
let seen: {
  /** The operation that each asks. */
  readonly waiters: Readonly<Record<string, string>>;
  readonly paginators: readonly string[];
  readonly waited: Readonly<Record<string, string | null>>;
  readonly paged: Readonly<Record<string, { readonly sizes: readonly number[]; readonly size: number; readonly same: boolean }>>;
};

const { InputDataConfig: _, ...withoutInput } = demo.trainingJob('', { subnetId: '', groupId: '' });
const job = {
  ...withoutInput,
  OutputDataConfig: { S3OutputPath: 's3://pages-0/output' },
  AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File', ContainerEntrypoint: ['sh', '-c', 'exit 0'] },
};

beforeAll(async () => {
  daemon = await DaemonProcess.start();
  const built = Object.fromEntries(Object.entries(registries).map(([service, operations]) => [service, Object.keys(operations)]));
  const input = { built, gone, absent, smallPages, job, trustPolicy: demo.trustPolicy, rolePolicy: demo.rolePolicy };
  seen = (await runPython(daemon, 'test/clients/boto3/waiters_and_paginators.py', input)) as typeof seen;
});
afterAll(async () => await daemon?.dispose());

it('goes every waiter; in vain those for what nothing here creates', () => {
  expect(Object.keys(seen.waiters).length).toBeGreaterThan(35);
  expect(Object.keys(seen.waited).toSorted()).toEqual(Object.keys(seen.waiters).toSorted());
  const inVain = waitedInVain(seen.waiters);
  const refused = Object.entries(seen.waited).filter(([, refusal]) => refusal !== null);
  expect(refused.map(([name]) => name).toSorted()).toEqual(inVain.toSorted());
  expect(refused.filter(([, refusal]) => refusal?.includes('Max attempts exceeded') !== true)).toEqual([]);
});

it('goes every paginator', () => {
  expect(seen.paginators.length).toBeGreaterThan(60);
  expect(Object.keys(seen.paged).toSorted()).toEqual(seen.paginators);
});

it('gives on all pages together what one page gives, and on every page as much as was asked for', () => {
  for (const [name, { sizes, size, same }] of Object.entries(seen.paged)) {
    const full = sizes.slice(0, -1).every((one) => one === size);
    const rest = sizes.at(-1) ?? 0;
    expect([name, { several: sizes.length > 1, same, full: full && rest <= size }]).toEqual([
      name,
      { several: !onePage.has(name), same: true, full: true },
    ]);
  }
});
