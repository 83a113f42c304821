import proven from './proven.json' with { type: 'json' };
import type { Use } from './operation.ts';

/** An operator of which every official backend case passed, or was refused by name; and how its attributes were used in them. */
interface Proof {
  readonly passed: number;
  readonly refused: number;
  /** `strides`, or with its value `auto_pad=SAME_LOWER`; blanks between them. */
  readonly uses: string;
}

const proofs: Readonly<Record<string, Proof>> = proven;

export const nameOf = ({ attribute, value }: Use): string => (value === undefined ? attribute : `${attribute}=${value}`);

export const isProven = (operator: string): boolean => Object.hasOwn(proofs, operator);

export const isProvenUse = (operator: string, use: Use): boolean =>
  isProven(operator) && proofs[operator]?.uses.split(' ').includes(nameOf(use)) === true;
