import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FlowReading } from '../../../src/drivers/network/flow-source.ts';
import { LinuxFlowSource } from '../../../src/drivers/network/linux/flows/linux-flow-source.ts';
import { run } from '../../../src/drivers/process/process.ts';
import type { DroppedPackets, TrackedFlow } from '../../../src/model/flow-logs/observation.ts';
import { type FlowSide, sidesOfDrop, sidesOfFlow } from '../../../src/model/flow-logs/sides.ts';
import { Subtraction } from '../../../src/model/flow-logs/subtraction.ts';
import { surroundingsOf } from '../../../src/model/flow-logs/surroundings.ts';
import { viewOf } from '../../../src/model/network/view.ts';
import type { NetworkAclEntry, World } from '../../../src/model/network/world.ts';
import { Lab } from './lab.ts';
import { addresses, changed, enis, ids, numbers, openAcl, sampleWorld } from './sample-world.ts';

let lab: Lab;
let source: LinuxFlowSource;
let world: World = sampleWorld();

beforeAll(async () => {
  lab = await Lab.open();
  source = new LinuxFlowSource({ prefix: lab.prefix });
  await lab.apply(world, ids.vpc);
  await lab.listen({ kind: 'gateway-endpoint', number: numbers.endpoint }, 443);
  await lab.listen({ kind: 'network-interface', number: numbers.server }, 7999);
});
afterAll(async () => {
  await source.keepOnly([]);
  await lab.close();
});

interface Read extends Omit<FlowReading, 'flows'> {
  readonly flows: readonly TrackedFlow[];
}

async function read(): Promise<Read> {
  const { flows: pages, ...head } = await source.read(numbers.vpc);
  const flows: TrackedFlow[] = [];
  for await (const page of pages) flows.push(...page);
  return { ...head, flows };
}

/** `eni-0a egress ACCEPT`, and packets, of everything that the interfaces saw. */
function told({ flows, drops }: Read): { text: string; side: FlowSide }[] {
  const subtraction = new Subtraction(new Map(), drops);
  const view = viewOf(world, ids.vpc);
  const around = surroundingsOf(view, (address) => view.networkInterfaces.find(({ privateIpAddress }) => privateIpAddress === address));
  const sides = [...flows.flatMap((flow) => sidesOfFlow(flow, subtraction, around).sides), ...drops.flatMap((drop) => sidesOfDrop(drop, 0, around))];
  return sides.map((side) => ({ text: `${side.networkInterfaceId} ${side.flowDirection} ${side.action}`, side }));
}

const texts = (reading: Read): string[] =>
  told(reading)
    .map(({ text }) => text)
    .sort();

it('is not begun in a VPC that the kernel does not have', async () => {
  expect(await source.begin(99)).toBe(false);
});

it('tells nothing that was before it began', async () => {
  await lab.connect(numbers.a, addresses.server, 7999);
  await lab.connect(numbers.server, addresses.a, 7999);
  expect(await source.begin(numbers.vpc)).toBe(true);
  const { flows, drops, isWhole } = await read();
  expect({ flows: flows.filter(({ began }) => began), drops, isWhole }).toEqual({ flows: [], drops: [], isWhole: true });
});

it('counts a connection on both sides, in both directions, once', async () => {
  await read();
  expect(await lab.connect(numbers.a, addresses.server, 7999)).toBe('connected');
  const reading = await read();
  const own = reading.flows.filter(({ began }) => began);
  expect(own).toMatchObject([{ protocol: 6, source: addresses.a, destination: addresses.server, destinationPort: 7999 }]);
  expect(own[0]?.original.packets).toBeGreaterThan(2);
  expect(own[0]?.startMs).toBeGreaterThanOrEqual(reading.fromMs);
  expect(texts({ ...reading, flows: own })).toEqual([
    `${enis.a} egress ACCEPT`,
    `${enis.a} ingress ACCEPT`,
    `${enis.server} egress ACCEPT`,
    `${enis.server} ingress ACCEPT`,
  ]);
  expect((await read()).flows).toEqual([]);
});

it('counts what a group refuses where it fell, with its flags', async () => {
  await read();
  expect(await lab.connect(numbers.server, addresses.a, 7999)).toBe('no answer');
  const reading = await read();
  expect(reading.drops).toMatchObject([{ gate: 'ingress-groups', source: addresses.server, tracked: false, tcpFlags: 2, packets: 1, bytes: 60 }]);
  expect(texts(reading)).toEqual([`${enis.a} ingress REJECT`, `${enis.server} egress ACCEPT`]);
});

it('takes answers that an ACL refuses off the flow that they answer', async () => {
  const entry = (direction: NetworkAclEntry['direction'], action: NetworkAclEntry['action']): NetworkAclEntry => ({
    direction,
    ruleNumber: 100,
    action,
    protocol: 'all',
    peer: { cidrBlock: '0.0.0.0/0' },
  });
  const acl = {
    ...openAcl('acl-0b', ids.vpc),
    isDefault: false,
    subnetIds: [ids.subnetB],
    entries: [entry('ingress', 'allow'), entry('egress', 'deny')],
  };
  const before = world;
  world = changed(world, ids.vpc, (w) => ({ networkAcls: [...w.networkAcls, acl] }));
  await lab.apply(world, ids.vpc);
  await read();
  expect(await lab.connect(numbers.a, addresses.server, 7999)).toBe('no answer');
  const reading = await read();
  const answers = reading.drops.filter(({ gate }) => gate === 'egress-acl');
  expect(answers).toMatchObject([{ tracked: true, tcpFlags: 18 } satisfies Partial<DroppedPackets>]);
  expect(reading.flows[0]?.reply.packets).toBe(answers[0]?.packets);
  expect(texts(reading)).toEqual([`${enis.a} egress ACCEPT`, `${enis.server} egress REJECT`, `${enis.server} ingress ACCEPT`]);
  world = changed(before, ids.vpc, () => ({}));
  world = changed(world, ids.vpc, () => ({}));
  await lab.apply(world, ids.vpc);
});

it('tells of flows that have ended meanwhile, as those of an interface that is gone', async () => {
  await read();
  expect(await lab.connect(numbers.b, addresses.s3, 443)).toBe('connected');
  await run(['nsenter', `--net=${lab.driver.namespacePath({ kind: 'vpc', number: numbers.vpc })}`, 'conntrack', '-D', '--src', addresses.b]);
  const reading = await read();
  expect(reading.flows.filter(({ source: from }) => from === addresses.b)).toMatchObject([{ began: true, destination: addresses.s3 }]);
  expect((await read()).flows.filter(({ source: from }) => from === addresses.b)).toEqual([]);
});

it('says so when its namespace was made anew, and begins again', async () => {
  await lab.driver.remove(numbers.vpc);
  await expect(read()).rejects.toThrow(/ENOENT/u);
  await lab.apply(world, ids.vpc);
  await expect(read()).rejects.toThrow(/packets are counted/u);
  expect(await source.begin(numbers.vpc)).toBe(true);
  expect((await read()).isWhole).toBe(true);
});
