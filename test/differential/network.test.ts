import { expect, it } from 'vitest';
import { runCases } from './run-cases.ts';

/** The check asks the same questions every time; `npm run soak` and `npm run differential` ask new ones. */
const seed = Number(process.env['SEED'] ?? 1);
const cases = Number(process.env['CASES'] ?? 1_440);
const msPerCase = 100;

it(`the trace says what the kernel does, to the gate (SEED=${seed})`, { timeout: 60_000 + cases * msPerCase }, async () => {
  const run = await runCases(seed, cases);
  expect(run.mismatch).toBeUndefined();
  expect(run.cases).toBe(cases);
  // A test of nothing but refusals would say little.
  expect(run.arrivals).toBeGreaterThan(run.worlds);
});
