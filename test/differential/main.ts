/**
 * `npm run differential -- --cases 5000 --seed 7`: random packets in random VPCs, the trace against the kernel. Prints which
 * gates were met, and a mismatch in a world made small, with the command that meets it again.
 */
import { parseArgs } from 'node:util';
import { runCases } from './run-cases.ts';

const { values } = parseArgs({ options: { cases: { type: 'string', default: '5000' }, seed: { type: 'string' } } });
const cases = Number(values.cases);
const seed = values.seed === undefined ? Math.floor(performance.timeOrigin) % 1_000_000_000 : Number(values.seed);
if (!Number.isInteger(cases) || cases < 1 || !Number.isInteger(seed) || seed < 0) {
  process.stderr.write('differential: --cases and --seed are whole numbers\n');
  process.exit(2);
}

const started = performance.now();
const tellEvery = 1_200;
let next = tellEvery;
process.stdout.write(`seed ${seed}\n`);
const run = await runCases(seed, cases, (done) => {
  if (done < next) return;
  next += tellEvery;
  process.stdout.write(`  ${done} of ${cases}\n`);
});
const seconds = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(`${run.cases} cases in ${run.worlds} worlds, ${run.arrivals} arrived, ${seconds} s\n\n`);
process.stdout.write(`${'gate'.padEnd(28)}${'refused'.padStart(8)}${'passed'.padStart(8)}\n`);
for (const [gate, { refused, passed }] of [...run.gates].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  process.stdout.write(`${gate.padEnd(28)}${String(refused).padStart(8)}${String(passed).padStart(8)}\n`);
}
if (run.mismatch === undefined) {
  process.stdout.write('\nno mismatch\n');
} else {
  const { replay, disagreements, smallest } = run.mismatch;
  process.stdout.write(
    `\n${disagreements.length} mismatches. Again:\n  ${replay}\n\nThe first:\n${JSON.stringify(disagreements[0], undefined, 2)}\n`,
  );
  process.stdout.write(`\nIts world, made small:\n${JSON.stringify(smallest, undefined, 2)}\n`);
  process.exitCode = 1;
}
