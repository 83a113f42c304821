import { afterAll, beforeAll, expect, it } from 'vitest';
import { registries } from '../../src/daemon/registries.ts';
import { runPython } from './boto3/run-python.ts';
import { DaemonProcess } from './daemon-process.ts';
import * as demo from './demo-path.ts';

/** Every waiter and paginator that boto3 has for operations that are built. Python goes them, the tests judge. */

let daemon: DaemonProcess;
let seen: {
  readonly waiters: readonly string[];
  readonly paginators: readonly string[];
  readonly waited: Readonly<Record<string, string | null>>;
  readonly paged: Readonly<Record<string, { readonly sizes: readonly number[]; readonly size: number; readonly same: boolean }>>;
};

const { InputDataConfig: _, ...withoutInput } = demo.trainingJob('', { subnetId: '', groupId: '' });
const job = {
  ...withoutInput,
  AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File', ContainerEntrypoint: ['sh', '-c', 'exit 0'] },
};

beforeAll(async () => {
  daemon = await DaemonProcess.start();
  const built = Object.fromEntries(Object.entries(registries).map(([service, operations]) => [service, Object.keys(operations)]));
  const input = { built, job, trustPolicy: demo.trustPolicy, rolePolicy: demo.rolePolicy };
  seen = (await runPython(daemon, 'test/clients/boto3/waiters_and_paginators.py', input)) as typeof seen;
});
afterAll(async () => await daemon?.dispose());

const sorted = (...lists: readonly (readonly string[])[]): string[] => lists.flat().toSorted();

/** Waiters for what nothing here can create: their operations answer that there is none. */
const waitInVain = {
  'instances are not built': ['ec2.InstanceExists', 'ec2.InstanceRunning', 'ec2.InstanceStopped', 'ec2.InstanceTerminated'],
  'internet gateways are not built': ['ec2.InternetGatewayExists'],
  'NAT gateways are not built': ['ec2.NatGatewayAvailable'],
  'peering is not built': ['ec2.VpcPeeringConnectionExists'],
} as const;

/** Paginators that have one page at most. */
const onePage = {
  'a VPC has the one set that AWS provides': ['ec2.DescribeDhcpOptions'],
  'gateway endpoints are made for S3 alone': [
    'ec2.DescribeManagedPrefixLists',
    'ec2.DescribePrefixLists',
    'ec2.DescribeVpcEndpointServices',
    'ec2.GetManagedPrefixListEntries',
  ],
  'nothing creates them': [
    'ec2.DescribeInstances',
    'ec2.DescribeInternetGateways',
    'ec2.DescribeNatGateways',
    'ec2.DescribeVpcPeeringConnections',
    'iam.ListGroupsForUser',
    'iam.ListInstanceProfilesForRole',
  ],
} as const;

it('goes every waiter, or says why not', () => {
  expect(seen.waiters.length).toBeGreaterThan(15);
  expect(sorted(Object.keys(seen.waited), ...Object.values(waitInVain))).toEqual(seen.waiters);
  expect(Object.entries(seen.waited).filter(([, refused]) => refused !== null)).toEqual([]);
});

it('goes every paginator', () => {
  expect(seen.paginators.length).toBeGreaterThan(35);
  expect(sorted(Object.keys(seen.paged))).toEqual(seen.paginators);
});

it('gives on all pages together what one page gives, and on every page as much as was asked for', () => {
  const single = new Set<string>(Object.values(onePage).flat());
  for (const [name, { sizes, size, same }] of Object.entries(seen.paged)) {
    const full = sizes.slice(0, -1).every((one) => one === size);
    const rest = sizes.at(-1) ?? 0;
    expect([name, { several: sizes.length > 1, same, full: full && rest <= size }]).toEqual([
      name,
      { several: !single.has(name), same: true, full: true },
    ]);
  }
});
