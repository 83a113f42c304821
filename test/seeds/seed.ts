import type { SeedId } from './sentences.ts';
import type { World } from './world.ts';

/** What an assertion throws when the world is not as it says. Anything else that is thrown is trouble of the harness. */
export class Refuted extends Error {
  override readonly name = 'Refuted';
}

export function claim(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Refuted(otherwise);
}

/** One assertion about a setting, and a setting in which it must fail. */
export interface ProofParts<S> {
  /** Prepares what the assertion is about, with the whole product. */
  readonly setting: (world: World) => Promise<S>;
  /** Returns the record or counter that shows it; throws `Refuted` when it does not hold. */
  readonly assertion: (setting: S) => Promise<string>;
  readonly control: {
    /** What its setting lacks. */
    readonly without: string;
    readonly setting: (world: World) => Promise<S>;
    /** How the assertion fails there: failing in another way proves nothing. */
    readonly refutedBy: RegExp;
  };
}

/** A proof with its setting's type closed over. */
export interface Proof {
  readonly without: string;
  readonly refutedBy: RegExp;
  prove(world: World): Promise<string>;
  /** The same assertion where it must fail. */
  control(world: World): Promise<string>;
}

export function proofOf<S>({ setting, assertion, control }: ProofParts<S>): Proof {
  return {
    without: control.without,
    refutedBy: control.refutedBy,
    prove: async (world) => await assertion(await setting(world)),
    control: async (world) => await assertion(await control.setting(world)),
  };
}

export interface SeedRow {
  readonly id: SeedId;
  /** The unmodified client that makes the request. */
  readonly client: string;
  readonly command: string;
  readonly proofs: readonly Proof[];
}
