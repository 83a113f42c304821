import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { compile } from '../../src/model/network/compile.ts';
import { edgePlan } from '../../src/model/network/edge.ts';
import { type Trace, trace } from '../../src/model/network/trace.ts';
import { isHeard } from '../../src/model/network/walk.ts';
import type { World } from '../../src/model/network/world.ts';
import { present } from '../../src/stdx/assert.ts';
import type { Drop } from '../../src/drivers/network/network-driver.ts';
import { Lab } from '../kernel/network/lab.ts';
import { proberScript } from './prober.ts';
import { destinations, Dice, interfaceNumbers, ports, randomWorld, vpcId } from './random-world.ts';

/** One packet, from the interface of a number. */
export interface Probe {
  readonly id: number;
  readonly from: number;
  readonly to: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly port?: number;
  readonly sourcePort?: number;
}

/** What the kernel did, where the model said something else. */
export interface Disagreement {
  readonly probe: Probe;
  readonly arrived: boolean;
  /** The gate that noted the packet. */
  readonly gate: string | undefined;
  readonly predicted: Trace;
}

export interface Outcome {
  readonly disagreements: readonly Disagreement[];
  readonly arrivals: number;
  /** By gate, packets that it refused and packets that it let pass. */
  readonly gates: ReadonlyMap<string, { readonly refused: number; readonly passed: number }>;
}

/** The set of dropped packets holds 16,384: a lab is thrown away before it is full. */
export const probesPerLabMax = 8_000;
export const probesPerWorld = 120;
const firstSourcePort = 20_000;
/** What shall not arrive is noted by its gate at once; what shall is waited for, however busy the machine is. */
const waitMs = { dropped: 300, accepted: 5_000 } as const;

export function randomProbes(dice: Dice, count: number, firstId: number): Probe[] {
  return Array.from({ length: count }, (_, index) => {
    const id = firstId + index;
    const from = dice.of(interfaceNumbers);
    const protocol = dice.of<Probe['protocol']>(['tcp', 'tcp', 'udp', 'icmp']);
    const to = dice.of(destinations);
    return protocol === 'icmp' ? { id, from, to, protocol } : { id, from, to, protocol, port: dice.of(ports), sourcePort: firstSourcePort + id };
  });
}

/** A VPC in the kernel whose rules change from world to world, with a program in each interface that sends what it is told. */
export class Comparison {
  readonly #lab: Lab;
  readonly #ask = new Map<number, (probe: Probe & { readonly waitMs: number }) => Promise<boolean>>();
  #broken: string | undefined;

  private constructor(lab: Lab) {
    this.#lab = lab;
  }

  static async open(): Promise<Comparison> {
    const comparison = new Comparison(await Lab.open());
    await comparison.#lab.driver.ensureEdge(edgePlan());
    await comparison.#lab.driver.apply(compile(randomWorld(new Dice(0), 1), vpcId));
    for (const number of interfaceNumbers) {
      const { child } = await comparison.#lab.program({ kind: 'network-interface', number }, proberScript);
      comparison.#listenTo(number, child);
    }
    return comparison;
  }

  async close(): Promise<void> {
    await this.#lab.close();
  }

  #listenTo(number: number, child: ChildProcess): void {
    const waiting = new Map<number, (arrived: boolean) => void>();
    createInterface({ input: present(child.stdout, 'a pipe') }).on('line', (line) => {
      const { id, arrived } = JSON.parse(line) as { id: number; arrived: boolean };
      waiting.get(id)?.(arrived);
      waiting.delete(id);
    });
    child.once('exit', (code, signal) => {
      for (const resolve of waiting.values()) resolve(false);
      this.#broken = `the prober of eni-${number} ended: ${code ?? signal}`;
    });
    this.#ask.set(number, async (probe) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      waiting.set(probe.id, resolve);
      child.stdin?.write(`${JSON.stringify(probe)}\n`);
      return await promise;
    });
  }

  async #drops(): Promise<readonly Drop[]> {
    return [...(await this.#lab.driver.drops(1)), ...(await this.#lab.driver.edgeDrops())];
  }

  /** Brings the kernel to the world, sends the packets, and compares. */
  async compare(world: World, probes: readonly Probe[]): Promise<Outcome> {
    await this.#lab.driver.apply(compile(world, vpcId));
    await this.#lab.inside({ kind: 'vpc', number: 1 }, 'conntrack', '--flush');
    const predictions = probes.map(({ from, ...question }) => trace(world, { ...question, from: `eni-${from}` }));
    const before = await this.#drops();
    const arrived = await Promise.all(
      probes.map(
        async (probe, index) =>
          await present(this.#ask.get(probe.from), 'a prober')({ ...probe, waitMs: waitFor(present(predictions[index], 'predicted')) }),
      ),
    );
    if (this.#broken !== undefined) throw new Error(this.#broken);
    const drops = risen(before, await this.#drops());
    const disagreements = probes.flatMap((probe, index) => judge(probe, present(predictions[index], 'predicted'), arrived[index] === true, drops));
    return { disagreements, arrivals: arrived.filter(Boolean).length, gates: gatesOf(predictions) };
  }
}

const waitFor = (predicted: Trace): number => waitMs[predicted.handedOn === true || !isHeard(predicted) ? 'dropped' : predicted.verdict];

const keyOf = ({ gate, protocol, source, destination, sourcePort, destinationPort }: Drop): string =>
  [gate, protocol, source, destination, sourcePort, destinationPort].join(' ');

function risen(before: readonly Drop[], after: readonly Drop[]): Drop[] {
  const packets = new Map(before.map((drop) => [keyOf(drop), drop.packets]));
  return after.filter((drop) => drop.packets > (packets.get(keyOf(drop)) ?? 0));
}

function judge(probe: Probe, predicted: Trace, arrived: boolean, drops: readonly Drop[]): Disagreement[] {
  if (predicted.arrivesAt.kind === 'itself') return [];
  // What a forwarding interface takes in, it has; nobody answers.
  const expected = predicted.verdict === 'accepted' && predicted.handedOn !== true && isHeard(predicted);
  const noted = drops.find(
    ({ sourcePort, destinationPort, protocol }) =>
      protocol === probe.protocol && (sourcePort === probe.sourcePort || destinationPort === probe.sourcePort),
  );
  // A drop of ICMP has no ports to know it by; and what a closed UDP port answers is ICMP.
  const byVerdictOnly = probe.protocol === 'icmp' || (probe.protocol === 'udp' && predicted.decidedBy.reply === true);
  const gate = arrived || byVerdictOnly ? undefined : noted?.gate;
  const expectedGate = predicted.verdict === 'accepted' || byVerdictOnly ? undefined : predicted.decidedBy.gate;
  return expected === arrived && gate === expectedGate ? [] : [{ probe, arrived, gate, predicted }];
}

function gatesOf(predictions: readonly Trace[]): Map<string, { refused: number; passed: number }> {
  const gates = new Map<string, { refused: number; passed: number }>();
  for (const { gate, passed, reply } of predictions.flatMap(({ steps }) => steps)) {
    const name = reply === true ? `${gate} (answer)` : gate;
    const { refused, passed: before } = gates.get(name) ?? { refused: 0, passed: 0 };
    gates.set(name, passed ? { refused, passed: before + 1 } : { refused: refused + 1, passed: before });
  }
  return gates;
}
