import { expect, it } from 'vitest';
import { ec2Account } from '../../test/services/ec2-context.ts';
import type { ApplyOptions, NetworkDriver } from '../drivers/network/network-driver.ts';
import type { VpcListenersWanted } from '../endpoints/vpc-listeners.ts';
import { compile } from '../model/network/compile.ts';
import type { VpcPlan } from '../model/network/plan.ts';
import { manualClock } from '../stdx/clock.ts';
import { VpcNetworkReconciler } from './vpc-network.ts';

function world({ hasUplink = false } = {}) {
  const account = ec2Account();
  const clock = manualClock(new Date('2026-11-01T12:00:00Z'));
  const applied: { vpcId: string; generation: number; verify: boolean | undefined }[] = [];
  const broken = new Set<string>();
  const kernel = new Set<number>();
  const busy = new Set<number>();
  const edge: string[] = [];
  const closed: (readonly string[] | undefined)[] = [];
  const machineBlocks = ['192.0.2.7'];
  const driver = {
    apply: async ({ vpcId, generation, number }: VpcPlan, { verify, beforeLinksUp }: ApplyOptions = {}) => {
      await beforeLinksUp?.();
      if (broken.has(vpcId)) throw new Error('nft: no');
      applied.push({ vpcId, generation, verify });
      kernel.add(number);
    },
    ensureEdge: async ({ uplink }, { verify } = {}) => {
      closed.push(uplink?.closed);
      await Promise.resolve(void edge.push(verify === true ? 'verified' : 'ensured'));
    },
    uplink: { machineBlocks: async () => await Promise.resolve([...machineBlocks]) },
    removeEdge: async () => await Promise.resolve(edge.splice(0).length > 0),
    listVpcs: () => Promise.resolve([...kernel]),
    remove: async (number: number) => {
      if (busy.has(number)) throw new Error('busy');
      await Promise.resolve(kernel.delete(number));
    },
  } as Partial<Omit<NetworkDriver, 'uplink'>> as NetworkDriver;
  const counting = { beforeLinksUp: () => Promise.resolve(), keepOnly: () => Promise.resolve() };
  const wanted: VpcListenersWanted[] = [];
  const meanwhile: (() => void)[] = [];
  const ensure = async (one: VpcListenersWanted): Promise<void> => {
    wanted.push(one);
    await Promise.resolve(meanwhile.shift()?.());
  };
  const listeners = { ensure, keepOnly: () => Promise.resolve() };
  const edgeListeners = { ensure: async () => await Promise.resolve(void edge.push('listens')), close: () => Promise.resolve() };
  const reconciler = new VpcNetworkReconciler({
    store: account.store,
    region: 'us-east-1',
    driver,
    compile,
    listeners,
    counting,
    edgeListeners,
    hasUplink,
    clock,
  });
  const activate = async () => await reconciler.activate(new AbortController().signal);
  return { ...account, clock, applied, broken, kernel, busy, edge, closed, machineBlocks, wanted, meanwhile, reconciler, activate };
}

it('applies a VPC once per generation', async () => {
  const { createVpc, createSubnet, generation, applied, activate } = world();
  const vpcId = createVpc();
  expect(await activate()).toEqual({ changed: 1, failures: [] });
  expect(await activate()).toEqual({ changed: 0, failures: [] });
  createSubnet(vpcId);
  expect(await activate()).toEqual({ changed: 1, failures: [] });
  expect(applied.map((one) => one.verify)).toEqual([true, false]);
  expect(applied.at(-1)?.generation).toBe(generation(vpcId));
});

it('listens in the namespaces of the world that it applies, whatever the rows say by then', async () => {
  const { createVpc, createSubnet, createInterface, call, store, wanted, meanwhile, activate } = world();
  // More than are brought at the same time: the last is looked at after the first has changed something.
  const vpcIds = Array.from({ length: 5 }, (_, index) => createVpc(`10.${index}.0.0/16`)).toSorted();
  const VpcId = vpcIds.at(-1) ?? '';
  const SubnetId = createSubnet(VpcId, store.ec2.vpcs.get(VpcId).cidrBlocks[0]?.cidrBlock.replace('/16', '/24'));
  const service = { VpcEndpointType: 'Interface', ServiceName: 'com.amazonaws.us-east-1.sts', PrivateDnsEnabled: false } as const;
  const { VpcEndpoint } = call('CreateVpcEndpoint', { VpcId, ...service, SubnetIds: [SubnetId] });
  meanwhile.push(() => {
    call('DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpoint?.VpcEndpointId ?? ''] });
    store.ec2.attach(createInterface(SubnetId), { attachmentId: 'ela-attach-1', attachTime: '', instanceOwnerId: '1', deviceIndex: 1 });
  });
  expect((await activate()).failures).toEqual([]);
  const { interfaceEndpoints, credentialInterfaces } = wanted.findLast(({ vpcId }) => vpcId === VpcId) ?? {};
  expect(interfaceEndpoints?.flatMap(({ interfaces }) => interfaces.map(({ number }) => number))).toEqual([1]);
  expect(credentialInterfaces).toEqual([]);
});

it('compares with the kernel again after a while, although nothing changed', async () => {
  const { createVpc, clock, applied, activate } = world();
  createVpc();
  await activate();
  clock.advance(59_999);
  await activate();
  expect(applied).toHaveLength(1);
  clock.advance(1);
  expect(await activate()).toEqual({ changed: 0, failures: [] });
  expect(applied.map((one) => one.verify)).toEqual([true, true]);
});

it('lets a change go before the comparison of the others', async () => {
  const { createVpc, createSubnet, clock, applied, meanwhile, activate } = world();
  const vpcIds = Array.from({ length: 9 }, (_, index) => createVpc(`10.${index}.0.0/16`));
  const last = vpcIds.at(-1) ?? '';
  await activate();
  applied.length = 0;
  clock.advance(60_000);
  // While the first ones are compared.
  meanwhile.push(() => void createSubnet(last, '10.8.1.0/24'));
  expect(await activate()).toEqual({ changed: 0, failures: [] });
  expect(applied.length).toBeLessThan(vpcIds.length);
  const compared = applied.length;
  expect(await activate()).toEqual({ changed: 1, failures: [] });
  expect(applied[compared]).toMatchObject({ vpcId: last, verify: false });
  // Every one was compared in the end, once.
  const verified = applied.filter(({ verify }) => verify === true).map(({ vpcId }) => vpcId);
  expect(verified.toSorted()).toEqual(vpcIds.toSorted());
});

it('applies the others when one cannot be, and tries that one again', async () => {
  const { createVpc, broken, reconciler, generation, activate } = world();
  const [first, second] = [createVpc(), createVpc('10.1.0.0/16')];
  broken.add(first);
  expect(await activate()).toEqual({ changed: 1, failures: [{ subject: first, message: 'Error: nft: no' }] });
  expect([reconciler.appliedGeneration(first), reconciler.appliedGeneration(second)]).toEqual([0, generation(second)]);
  broken.clear();
  expect(await activate()).toEqual({ changed: 1, failures: [] });
});

it('does not try a change again in the same pass, as if it were a comparison', async () => {
  const { createVpc, createSubnet, clock, applied, broken, reconciler, generation, activate } = world();
  const vpcId = createVpc();
  await activate();
  clock.advance(60_000);
  createSubnet(vpcId);
  broken.add(vpcId);
  expect(await activate()).toEqual({ changed: 0, failures: [{ subject: vpcId, message: 'Error: nft: no' }] });
  broken.clear();
  expect(await activate()).toEqual({ changed: 1, failures: [] });
  expect(reconciler.appliedGeneration(vpcId)).toBe(generation(vpcId));
  // The change, and the comparison that was due.
  expect(applied.map(({ verify }) => verify)).toEqual([true, false, true]);
});

it('removes what the store has no more, and says what it could not', async () => {
  const { createVpc, call, kernel, busy, reconciler, activate } = world();
  const vpcId = createVpc();
  await activate();
  call('DeleteVpc', { VpcId: vpcId });
  busy.add(1);
  expect(await activate()).toEqual({ changed: 0, failures: [{ subject: 'VPC number 1', message: 'Error: busy' }] });
  busy.clear();
  expect(await activate()).toEqual({ changed: 1, failures: [] });
  expect([...kernel]).toEqual([]);
  expect(reconciler.appliedGeneration(vpcId)).toBe(0);
});

it('has an edge while an internet gateway is attached, and looks at it again after a while', async () => {
  const { createVpc, call, clock, edge, activate } = world();
  const VpcId = createVpc();
  const InternetGatewayId = call('CreateInternetGateway', {}).InternetGateway?.InternetGatewayId ?? '';
  await activate();
  expect(edge).toEqual([]);
  call('AttachInternetGateway', { InternetGatewayId, VpcId });
  await activate();
  await activate();
  clock.advance(60_000);
  await activate();
  expect(edge).toEqual(['verified', 'listens', 'ensured', 'listens', 'verified', 'listens']);
  call('DetachInternetGateway', { InternetGatewayId, VpcId });
  await activate();
  expect(edge).toEqual([]);
});

it('gives the edge an uplink when it is asked to, and reads what the machine is again after a while', async () => {
  const { createVpc, call, clock, closed, machineBlocks, activate } = world({ hasUplink: true });
  const VpcId = createVpc();
  const InternetGatewayId = call('CreateInternetGateway', {}).InternetGateway?.InternetGatewayId ?? '';
  call('AttachInternetGateway', { InternetGatewayId, VpcId });
  await activate();
  machineBlocks.push('192.0.2.8');
  await activate();
  clock.advance(60_000);
  await activate();
  expect(closed.map((blocks) => [blocks?.includes('192.0.2.7/32'), blocks?.includes('192.0.2.8/32')])).toEqual([
    [true, false],
    [true, false],
    [true, true],
  ]);
});

it('gives the edge none when it is not', async () => {
  const { createVpc, call, closed, activate } = world();
  const InternetGatewayId = call('CreateInternetGateway', {}).InternetGateway?.InternetGatewayId ?? '';
  call('AttachInternetGateway', { InternetGatewayId, VpcId: createVpc() });
  await activate();
  expect(closed).toEqual([undefined]);
});
