import { expect, it } from 'vitest';
import { ids, sampleWorld } from '../../../test/kernel/network/sample-world.ts';
import { compile } from '../../model/network/compile.ts';
import { manualClock } from '../../stdx/clock.ts';
import { DroppedPackets } from './dropped-packets.ts';

const freshMs = 10_000;

function setUp(vpcNumbers: () => readonly number[], packetsOf: (vpcNumber: number) => Readonly<Record<string, number>>) {
  const clock = manualClock(new Date('2026-11-25T12:00:00Z'));
  const asked: number[] = [];
  const logged: string[] = [];
  const dropped = new DroppedPackets({
    vpcNumbers,
    network: {
      async counters(vpcNumber) {
        asked.push(vpcNumber);
        return await Promise.resolve(Object.entries(packetsOf(vpcNumber)).map(([name, packets]) => ({ name, packets, bytes: 0 })));
      },
    },
    clock,
    log: (message) => void logged.push(message),
  });
  const totals = async (): Promise<Record<string, number>> => {
    clock.advance(freshMs);
    const { samples } = await dropped.family();
    return Object.fromEntries(samples.filter(({ value }) => value > 0).map(({ labels, value }) => [labels?.['gate'] ?? '', value]));
  };
  return { dropped, clock, asked, logged, totals };
}

it('counts every counter of a plan under a gate', async () => {
  const counters = compile(sampleWorld(), ids.vpc).router.ruleset.objects.filter(({ kind }) => kind === 'counter');
  const { totals } = setUp(
    () => [1],
    () => Object.fromEntries(counters.map(({ name }) => [name, 1])),
  );
  const gates = await totals();
  expect(Object.values(gates).reduce((sum, packets) => sum + packets, 0)).toBe(counters.length);
  expect(gates).toMatchObject({
    'unknown-interface': 1,
    router: 1,
    'anti-spoofing': expect.any(Number),
    'egress-groups': 2,
    'ingress-groups': 2,
    route: 2,
  });
});

it('only grows: what a VPC that is gone had dropped stays counted, and a counter that was made anew begins again', async () => {
  let numbers = [1, 2];
  let packets: Record<number, Record<string, number>> = { 1: { 'route.rtb-1': 5 }, 2: { 'route.rtb-2': 7, 'spoof.eni-1': 1 } };
  const { totals } = setUp(
    () => numbers,
    (number) => packets[number] ?? {},
  );
  expect(await totals()).toEqual({ route: 12, 'anti-spoofing': 1 });
  expect(await totals()).toEqual({ route: 12, 'anti-spoofing': 1 });
  numbers = [2];
  packets = { 2: { 'route.rtb-2': 9, 'spoof.eni-1': 1 } };
  expect(await totals()).toEqual({ route: 14, 'anti-spoofing': 1 });
  packets = { 2: { 'route.rtb-2': 3 } };
  expect(await totals()).toEqual({ route: 17, 'anti-spoofing': 1 });
});

it('asks the kernel seldom, and for some VPCs at a time', async () => {
  const all = Array.from({ length: 50 }, (_, index) => index + 1);
  const { dropped, clock, asked, totals } = setUp(
    () => all,
    () => ({ router: 1 }),
  );
  await totals();
  expect(asked).toHaveLength(32);
  await dropped.family();
  clock.advance(freshMs - 1);
  await dropped.family();
  expect(asked).toHaveLength(32);
  expect(await totals()).toEqual({ router: 50 });
  expect(asked.slice(32, 34)).toEqual([33, 34]);
});

it('goes on with what it has when the kernel does not answer', async () => {
  let fails = false;
  const { totals, logged } = setUp(
    () => [1],
    () => {
      if (fails) throw new Error('gone');
      return { router: 1 };
    },
  );
  await totals();
  fails = true;
  expect(await totals()).toEqual({ router: 1 });
  expect(logged).toEqual(['the dropped packets could not be read']);
});
