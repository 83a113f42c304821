/**
 * Runs every case of ONNX's own backend suite (1.12) whose operators the compiler knows, interpreted and as native code, and
 * writes what they prove: images/compiler/onnx/proven.json, which the compiler asks, and docs/onnx-operators.md. With
 * `--check` it writes nothing and fails when they are not what is there. An operator of which one case comes out wrong is
 * in neither.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { backendCases, prepare, type BackendCase } from '../images/compiler/onnx/backend-cases.ts';
import { interpretedWrong, NativeTrials } from '../images/compiler/onnx/backend-run.ts';
import { operators } from '../images/compiler/onnx/operators/operators.ts';
import { nameOf } from '../images/compiler/onnx/proven.ts';
import { targetOf } from '../images/compiler/targets.ts';
import { onnxTestdata } from './onnx-testdata.ts';

const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, target: { type: 'string', default: 'LINUX X86_64' } },
});

interface Finding {
  passed: number;
  readonly refused: Map<string, number>;
  readonly failed: string[];
  readonly uses: Set<string>;
}

const findings = new Map<string, Finding>();
const findingOf = (operator: string): Finding => {
  const known = findings.get(operator) ?? { passed: 0, refused: new Map(), failed: [], uses: new Set() };
  findings.set(operator, known);
  return known;
};

let trialsRun = 0;

async function judge(one: BackendCase, native: NativeTrials): Promise<void> {
  const { trials, refusals } = prepare(one, true);
  let wrong: string | undefined;
  for (const trial of trials) {
    trialsRun += 1;
    wrong ??= interpretedWrong(trial) ?? (await native.wrong(trial).catch((error: unknown) => String(error)));
  }
  for (const operator of one.operators) {
    const finding = findingOf(operator);
    if (wrong !== undefined) finding.failed.push(`${one.name}: ${wrong}`);
    else if (trials.length > 0) finding.passed += 1;
    else finding.refused.set(reasonOf(refusals[0] ?? ''), (finding.refused.get(reasonOf(refusals[0] ?? '')) ?? 0) + 1);
  }
  if (wrong === undefined)
    for (const { operator, uses } of trials.flatMap((trial) => trial.uses)) for (const use of uses) findingOf(operator).uses.add(nameOf(use));
}

/** Where Debian's mirror cannot be reached there is nothing to check; in CI that is a failure. */
function testdata(): string {
  try {
    return onnxTestdata();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nskipped: libonnx-testdata cannot be had\n`);
    return process.exit(options.check && process.env['CI'] !== 'true' ? 0 : 1);
  }
}

/** A refusal without Neo's preamble, and without the name of a tensor. */
const reasonOf = (refusal: string): string =>
  refusal.replace(/^InputConfiguration: .*? is correct\. /u, '').replace(/ (?:tensor|input|output) ".*?"/u, ' a tensor');

const cases = backendCases(testdata())
  .filter((one) => one.operators.size > 0 && [...one.operators].every((operator) => operators.has(operator)))
  .toReversed();
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    const native = new NativeTrials(targetOf(options.target), new AbortController().signal);
    for (let one = cases.pop(); one !== undefined; one = cases.pop()) await judge(one, native);
    native.remove();
  }),
);

const sorted = [...findings].toSorted(([a], [b]) => (a < b ? -1 : 1));
const admitted = sorted.filter(([, { passed, failed }]) => passed > 0 && failed.length === 0);
const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

function provenText(): string {
  const proofs = admitted.map(
    ([operator, { passed, refused, uses }]) => [operator, { passed, refused: sum(refused.values()), uses: [...uses].toSorted().join(' ') }] as const,
  );
  return `${JSON.stringify(Object.fromEntries(proofs), undefined, 2)}\n`;
}

function documentText(): string {
  const rows = admitted.map(([operator, { passed, refused, uses }]) => {
    const reasons = [...refused].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([reason, count]) => `${count} × ${reason}`);
    return `| ${operator} | ${passed} | ${sum(refused.values())} | ${[...uses].toSorted().join(', ')} | ${reasons.join(' ')} |`;
  });
  return `# Operators of ONNX networks

Made by \`node tools/onnx-operators.ts\`; do not edit. The cases are those of ONNX's own backend suite, release 1.12 (Debian's
libonnx-testdata), that have no other operators than these. Each is interpreted and compiled with every float input given
at run time, with only the first one, and with none; it has passed when all that can be compiled comes out as the suite
says (1e-3 relative, 1e-7 absolute). A refused case fails the compilation job with the reason given here. **No case of
these operators comes out wrong**; an operator of which one did would not be here, and would be refused.

An attribute with another value than its default is accepted if a passed case has it: of words and flags that very value.
Operator sets 1 to 17. Arrays of floats only; integers (shapes, axes, indices) must be constants.

| operator | passed | refused | attributes shown | refused because |
|---|---|---|---|---|
${rows.join('\n')}

${admitted.length} operators.
`;
}

const failures = sorted.flatMap(([operator, { failed }]) => failed.map((what) => `${operator}: ${what}`));
for (const failure of failures) process.stderr.write(`WRONG ${failure}\n`);
process.stdout.write(`${trialsRun} networks of ${options.target} run: ${admitted.length} operators admitted, ${failures.length} results wrong\n`);
const written = { 'images/compiler/onnx/proven.json': provenText(), 'docs/onnx-operators.md': documentText() };
const stale = Object.entries(written).filter(([file, text]) => readFileSync(file, { encoding: 'utf8', flag: 'a+' }) !== text);
if (!options.check) for (const [file, text] of stale) writeFileSync(file, text);
else for (const [file] of stale) process.stderr.write(`${file} is not what the suite says: run node tools/onnx-operators.ts\n`);
process.exitCode = failures.length > 0 || (options.check && stale.length > 0) ? 1 : 0;
