import type { Contract } from './contract.ts';
import type { Target } from './targets.ts';

/** What the self-check found; `rows` is 0 where this machine runs no program of the target. */
export interface SelfCheck {
  readonly rows: number;
  readonly seed: number;
  /** Of the largest number of an output; absent where results were equal bit for bit. */
  readonly tolerance?: number;
}

/** As Neo's runtime reads it: -1 for any number of rows. */
interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** What a compiler says of the files that it wrote. */
export interface Compiled {
  readonly selfCheck: SelfCheck;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** Writes checked files into `outputFolder`, or throws: `InputError` for what the user gave. */
export type Compiler = (contract: Contract, target: Target, signal: AbortSignal) => Promise<Compiled>;
