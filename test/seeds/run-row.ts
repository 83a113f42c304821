import { Refuted, type Proof, type SeedRow } from './seed.ts';
import { sentences, type SeedId } from './sentences.ts';
import type { World } from './world.ts';

export interface SeedResult {
  readonly id: SeedId;
  readonly sentence: string;
  readonly client: string;
  readonly command: string;
  readonly verdict: 'pass' | 'fail' | 'not built';
  /** The records and counters that show it; or what was wrong. */
  readonly proof: string;
  /** `failed` is as it must be: without its gate the assertion did not hold. */
  readonly negativeControl: 'failed' | 'passed' | 'not run';
  /** What the controls lacked, and how the assertion failed there. */
  readonly controls: readonly { readonly without: string; readonly outcome: string }[];
  readonly seconds: number;
}

export const notBuilt = (id: SeedId): SeedResult => ({
  id,
  sentence: sentences[id],
  client: '',
  command: '',
  verdict: 'not built',
  proof: '',
  negativeControl: 'not run',
  controls: [],
  seconds: 0,
});

interface Outcome {
  readonly ok: boolean;
  readonly text: string;
}

interface ControlOutcome {
  readonly control: SeedResult['negativeControl'];
  readonly without: string;
  readonly outcome: string;
}

/** Proves a row and runs its controls, all at the same time. */
export async function runRow(run: World, row: SeedRow): Promise<SeedResult> {
  const started = performance.now();
  const world = run.forRow();
  const [proofs, controls] = await Promise.all([
    Promise.all(row.proofs.map(async (proof) => await outcomeOf(proof, world))),
    Promise.all(row.proofs.map(async (proof) => await controlOf(proof, world))),
  ]);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  await world.close();
  const wrong = proofs.filter((proof) => !proof.ok);
  const worst = (['passed', 'not run'] as const).find((state) => controls.some(({ control }) => control === state)) ?? 'failed';
  const { id, client, command } = row;
  return {
    id,
    sentence: sentences[id],
    client,
    command,
    verdict: wrong.length === 0 && worst === 'failed' ? 'pass' : 'fail',
    proof: (wrong.length === 0 ? proofs : wrong).map(({ text }) => text).join('; '),
    negativeControl: worst,
    controls: controls.map(({ without, outcome }) => ({ without, outcome })),
    seconds,
  };
}

async function outcomeOf(proof: Proof, world: World): Promise<Outcome> {
  try {
    return { ok: true, text: await proof.prove(world) };
  } catch (error) {
    return { ok: false, text: textOf(error) };
  }
}

async function controlOf(proof: Proof, world: World): Promise<ControlOutcome> {
  const { without, refutedBy } = proof;
  try {
    return { control: 'passed', without, outcome: `held nevertheless: ${await proof.control(world)}` };
  } catch (error) {
    const outcome = textOf(error);
    // Trouble on the way to the assertion is no refutation of it.
    return { control: error instanceof Refuted && refutedBy.test(error.message) ? 'failed' : 'not run', without, outcome };
  }
}

const textOf = (error: unknown): string =>
  error instanceof Refuted ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
