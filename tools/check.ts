/**
 * `./cloister check`: everything that must hold before a change lands, in one command. `./cloister check types lint` runs parts.
 * The last line counts what passed and failed, and what was skipped.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

interface Step {
  readonly name: string;
  readonly argv: readonly string[];
  /** Where the step writes vitest's JSON report, when it is a test run. */
  readonly report?: string;
}

const reports = mkdtempSync(join(tmpdir(), 'cloister-check-'));
const bin = (name: string): string => join('node_modules', '.bin', name);

function tests(project: string): Step {
  const report = join(reports, `${project}.json`);
  const argv = [bin('vitest'), 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile=${report}`];
  return { name: `test ${project}`, argv, report };
}

const steps: readonly Step[] = [
  { name: 'types', argv: [bin('tsc'), '-p', '.'] },
  { name: 'lint', argv: [bin('oxlint'), 'src', 'test', 'tools', 'images', 'bench'] },
  { name: 'format', argv: [bin('oxfmt'), '--check', 'src', 'test', 'tools', 'images', 'bench'] },
  { name: 'unused', argv: [bin('knip')] },
  { name: 'clients set-up', argv: ['tools/clients.ts'] },
  { name: 'images', argv: ['tools/images.ts'] },
  { name: 'model', argv: ['tools/model.ts', '--check'] },
  { name: 'coverage', argv: ['tools/coverage.ts', '--check'] },
  { name: 'onnx operators', argv: ['tools/onnx-operators.ts', '--check'] },
  tests('unit'),
  tests('kernel'),
  tests('clients'),
  { name: 'seeds', argv: ['test/seeds/main.ts'] },
  // Shows that every row can be measured; the figures of a machine that does something else say nothing.
  { name: 'bench', argv: ['bench/main.ts', '--quick'] },
  { name: 'demo', argv: ['src/cli/main.ts', 'demo'] },
  { name: 'package', argv: ['tools/package-smoke.ts'] },
];

/** The check says the same of the same tree, whoever runs it; `npm run fuzz` and `npm run soak` take new seeds. */
const seeds = Object.fromEntries(['ARCHIVE', 'DAMAGE', 'NAMES', 'ONNX', 'POLICY', 'WIRE', 'XGBOOST'].map((of) => [`${of}_SEED`, '1']));

async function execute(step: Step): Promise<boolean> {
  const argv = ['--disable-warning=ExperimentalWarning', ...step.argv];
  const child = spawn(process.execPath, argv, { env: { ...seeds, ...process.env }, stdio: ['ignore', 'inherit', 'inherit'] });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  child.once('exit', (code) => resolve(code === 0));
  child.once('error', () => resolve(false));
  return await promise;
}

/** The parts of vitest's JSON report that are read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly failureMessages: readonly string[] }[];
  }[];
}

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed and why, printed again at the end: of a long log, often only the end is kept. */
  readonly failures: readonly string[];
}

const failureLines = 12;

function failuresOf(report: Report): string[] {
  return report.testResults.flatMap((file) => {
    const name = relative(process.cwd(), file.name);
    const tests = file.assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => ({ what: test.fullName, why: test.failureMessages.join('\n') }));
    if (tests.length === 0 && file.status === 'failed') tests.push({ what: 'the file itself', why: file.message });
    return tests.map(({ what, why }) => `FAILED ${name}: ${what}\n${why.split('\n').slice(0, failureLines).join('\n')}`);
  });
}

function counted(step: Step, ok: boolean): Count {
  if (step.report === undefined) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, failures: [] };
  try {
    const report = JSON.parse(readFileSync(step.report, 'utf8')) as Report;
    const { numPassedTests: passed, numFailedTests, numPendingTests: skipped } = report;
    return { passed, failed: Math.max(numFailedTests, ok ? 0 : 1), skipped, failures: failuresOf(report) };
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: [`FAILED ${step.name}: it left no report`] };
  }
}

const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? steps : steps.filter((step) => wanted.some((word) => step.name === word || step.name.endsWith(` ${word}`)));
let passed = 0;
let failed = 0;
let skipped = 0;
const table: string[] = [];
const failures: string[] = [];
for (const step of chosen) {
  process.stdout.write(`\n== ${step.name}\n`);
  const started = performance.now();
  const ok = await execute(step);
  const count = counted(step, ok);
  passed += count.passed;
  failed += count.failed;
  skipped += count.skipped;
  failures.push(...count.failures);
  table.push(`${ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(16)} ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s`);
}
rmSync(reports, { recursive: true, force: true });
process.stdout.write(
  `\n${table.join('\n')}\n\n${failures.map((failure) => `${failure}\n\n`).join('')}${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped (docs/assumptions.md says which may)`}\n`,
);
process.exitCode = failed === 0 && chosen.length > 0 ? 0 : 1;
