import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compile } from '../../src/model/network/compile.ts';
import { type Trace, trace } from '../../src/model/network/trace.ts';
import type { World } from '../../src/model/network/world.ts';
import { present } from '../../src/stdx/assert.ts';
import { Lab } from '../kernel/network/lab.ts';
import { proberScript } from './prober.ts';
import { destinations, Dice, endpointInterface, interfaceNumbers, ports, randomWorld, vpcId } from './random-world.ts';

/** The check asks the same questions every time; `npm run soak` asks new ones. */
const seed = Number(process.env['SEED'] ?? 1);
const worlds = Number(process.env['WORLDS'] ?? 12);
const probesPerWorld = 120;

interface Probe {
  readonly id: number;
  readonly from: number;
  readonly to: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly port?: number;
  readonly sourcePort?: number;
}

let lab: Lab;
let broken: string | undefined;
const ask = new Map<number, (probe: Probe) => Promise<boolean>>();

beforeAll(async () => {
  lab = await Lab.open();
  await lab.driver.apply(compile(randomWorld(new Dice(seed), 1), vpcId));
  for (const number of interfaceNumbers) {
    const { child } = await lab.program({ kind: 'network-interface', number }, proberScript);
    const waiting = new Map<number, (arrived: boolean) => void>();
    createInterface({ input: present(child.stdout, 'a pipe') }).on('line', (line) => {
      const { id, arrived } = JSON.parse(line) as { id: number; arrived: boolean };
      waiting.get(id)?.(arrived);
    });
    child.once('exit', (code, signal) => {
      for (const resolve of waiting.values()) resolve(false);
      broken = `the prober of eni-${number} ended: ${code ?? signal}`;
    });
    ask.set(number, async (probe) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      waiting.set(probe.id, resolve);
      child.stdin?.write(`${JSON.stringify(probe)}\n`);
      return promise;
    });
  }
});
afterAll(async () => lab.close());

function randomProbe(dice: Dice, id: number): Probe {
  const from = dice.of(interfaceNumbers);
  const protocol = dice.of<Probe['protocol']>(['tcp', 'tcp', 'udp', 'icmp']);
  const to = dice.of(destinations);
  return protocol === 'icmp' ? { id, from, to, protocol } : { id, from, to, protocol, port: dice.of(ports), sourcePort: 20_000 + id };
}

/** The packet, or the answer to it, goes to an interface that is not its destination. */
function forwarded(world: World, { arrivesAt, question, route }: Trace): boolean {
  if (route?.target === 'network-interface') return true;
  if (arrivesAt.kind !== 'network-interface') return false;
  const asker = present(
    world.networkInterfaces.find((candidate) => candidate.networkInterfaceId === question.from),
    'the asker',
  );
  return trace(world, { from: arrivesAt.networkInterfaceId, to: asker.privateIpAddress, protocol: 'tcp' }).route?.target === 'network-interface';
}

/** An interface endpoint answers at its ports; what else its interface lets in is heard by nobody. */
function answers({ arrivesAt, question }: Trace): boolean {
  if (arrivesAt.kind !== 'network-interface' || arrivesAt.networkInterfaceId !== endpointInterface.id) return true;
  return question.protocol === 'tcp' && question.port === endpointInterface.port;
}

it(`the trace says what the kernel does, to the gate (SEED=${seed})`, { timeout: 120_000 }, async () => {
  const dice = new Dice(seed);
  let id = 0;
  let arrivals = 0;
  for (let generation = 2; generation < worlds + 2; generation += 1) {
    const world = randomWorld(dice, generation);
    await lab.driver.apply(compile(world, vpcId));
    await lab.inside({ kind: 'vpc', number: 1 }, 'conntrack', '--flush');
    const probes = Array.from({ length: probesPerWorld }, () => {
      id += 1;
      return randomProbe(dice, id);
    });
    const arrived = await Promise.all(probes.map((probe) => present(ask.get(probe.from), 'a prober')(probe)));
    expect(broken).toBeUndefined();
    const drops = await lab.driver.drops(1);
    const disagreements = probes.flatMap((probe, index) => {
      const { from, ...rest } = probe;
      const predicted = trace(world, { ...rest, from: `eni-${from}` });
      if (predicted.arrivesAt.kind === 'itself') return [];
      // What a forwarding interface takes in, it has; nobody answers.
      const expected = predicted.verdict === 'accepted' && !forwarded(world, predicted) && answers(predicted);
      if (arrived[index] === true) arrivals += 1;
      const noted = drops.find(
        ({ sourcePort, destinationPort, protocol }) =>
          protocol === probe.protocol && (sourcePort === probe.sourcePort || destinationPort === probe.sourcePort),
      );
      // A drop of ICMP has no ports to know it by; and what a closed UDP port answers is ICMP.
      const byVerdictOnly = probe.protocol === 'icmp' || (probe.protocol === 'udp' && predicted.decidedBy.reply === true);
      const gate = arrived[index] === true || byVerdictOnly ? undefined : noted?.gate;
      const expectedGate = predicted.verdict === 'accepted' || byVerdictOnly ? undefined : predicted.decidedBy.gate;
      const agree = expected === arrived[index] && gate === expectedGate;
      return agree ? [] : [{ generation, probe, arrived: arrived[index], gate, predicted }];
    });
    expect(disagreements).toEqual([]);
  }
  // A test of nothing but refusals would say little.
  expect(arrivals).toBeGreaterThan(worlds);
});
