import { randomBytes, randomUUID } from 'node:crypto';

/** The only source of randomness. Tests pass `seededRandom`. */
export interface Random {
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
  /** Upper-case letters and digits, as in AWS's access key ids. */
  base32(length: number): string;
  /** Letters, digits, `+` and `/`, as in AWS's secret keys. */
  secret(length: number): string;
  uuid(): string;
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export const systemRandom: Random = {
  hex: (digits) =>
    randomBytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits),
  base32: (length) => Array.from(randomBytes(length), (byte) => base32Alphabet[byte & 31]).join(''),
  secret: (length) => randomBytes(length).toString('base64').slice(0, length),
  uuid: () => randomUUID(),
};

/** 32 bits at a time, the same ones for the same seed (mulberry32). */
function seededBits(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** Numbers in [0, 1) that a seed repeats. For tests; the compiler's image, in which nothing of `src/` is, has its own. */
export function seededNumbers(seed: number): () => number {
  const next = seededBits(seed);
  return () => next() / 2 ** 32;
}

/** Repeatable values for tests. Never for secrets. */
export function seededRandom(seed: number): Random {
  const next = seededBits(seed);
  const hex = (digits: number): string => Array.from({ length: digits }, () => (next() & 15).toString(16)).join('');
  return {
    hex,
    base32: (length) => Array.from({ length }, () => base32Alphabet[next() & 31]).join(''),
    secret: (length) => Array.from({ length }, () => base32Alphabet[next() & 31]).join(''),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}
