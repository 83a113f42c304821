import { Comparison, type Disagreement, type Outcome, type Probe, probesPerLabMax, probesPerWorld, randomProbes } from './comparison.ts';
import { Dice, randomWorld } from './random-world.ts';
import { shrink } from './shrink.ts';
import type { World } from '../../src/model/network/world.ts';

export interface CasesRun {
  readonly cases: number;
  readonly worlds: number;
  readonly arrivals: number;
  readonly gates: ReadonlyMap<string, { readonly refused: number; readonly passed: number }>;
  /** The first world that disagreed, made small, and the command that meets it again. */
  readonly mismatch?: Mismatch;
}

export interface Mismatch {
  readonly replay: string;
  readonly disagreements: readonly Disagreement[];
  readonly smallest: World;
}

/** Packets in random worlds, each world from a seed of its own, until there were enough or the kernel did something else than the model. */
export async function runCases(seed: number, cases: number, told: (done: number) => void = () => undefined): Promise<CasesRun> {
  const gates = new Map<string, { refused: number; passed: number }>();
  const done = { cases: 0, worlds: 0, arrivals: 0 };
  for (let left = cases; left > 0; left = cases - done.cases) {
    const comparison = await Comparison.open();
    try {
      for (let inLab = 0; inLab < probesPerLabMax && done.cases < cases; inLab += probesPerWorld) {
        const worldSeed = seed + done.worlds;
        const dice = new Dice(worldSeed);
        const world = randomWorld(dice, 2 + done.worlds);
        const probes = randomProbes(dice, Math.min(probesPerWorld, cases - done.cases), inLab + 1);
        const outcome = await comparison.compare(world, probes);
        done.cases += probes.length;
        done.worlds += 1;
        done.arrivals += outcome.arrivals;
        addGates(gates, outcome);
        told(done.cases);
        if (outcome.disagreements.length > 0) return { ...done, gates, mismatch: await smallMismatch(comparison, worldSeed, world, outcome) };
      }
    } finally {
      await comparison.close();
    }
  }
  return { ...done, gates };
}

function addGates(gates: Map<string, { refused: number; passed: number }>, outcome: Outcome): void {
  for (const [gate, { refused, passed }] of outcome.gates) {
    const sum = gates.get(gate) ?? { refused: 0, passed: 0 };
    gates.set(gate, { refused: sum.refused + refused, passed: sum.passed + passed });
  }
}

async function smallMismatch(comparison: Comparison, worldSeed: number, world: World, { disagreements }: Outcome): Promise<Mismatch> {
  const probe = disagreements[0]?.probe as Probe;
  let attempt = 0;
  const disagrees = async (smaller: World): Promise<boolean> => {
    attempt += 1;
    // Another source port for each attempt: drops are known by it.
    const again = probe.sourcePort === undefined ? probe : { ...probe, sourcePort: 40_000 + attempt };
    return (await comparison.compare(smaller, [again])).disagreements.length > 0;
  };
  const smallest = await shrink(world, disagrees);
  return { replay: `npm run differential -- --seed ${worldSeed} --cases ${probesPerWorld}`, disagreements, smallest };
}
