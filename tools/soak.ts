/**
 * `npm run soak`: the random suites at full size, each with seeds of its own; `./cloister check` runs them small. A failure
 * prints the seed and the command that replays it.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

interface Soak {
  readonly name: string;
  readonly project: 'unit' | 'kernel' | 'clients';
  readonly files: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const firstSeed = Math.floor(performance.timeOrigin) % 1_000_000;
const seedsApart = 1_000;
const differentialRuns = 5;

const soaks: readonly Soak[] = [
  { name: 'wire: 12 rounds of every operation', project: 'unit', files: ['test/wire/roundtrip'], environment: { WIRE_ROUNDS: '12' } },
  ...Array.from({ length: differentialRuns }, (_, run): Soak => {
    const SEED = String(firstSeed + run * seedsApart);
    return {
      name: `network: 7,200 cases, trace against kernel, SEED=${SEED}`,
      project: 'kernel',
      files: ['test/differential'],
      environment: { SEED, CASES: '7200' },
    };
  }),
  { name: 'policies: properties and parser, 40 times as long', project: 'unit', files: ['src/model/policy'], environment: { POLICY_RUNS: '20000' } },
  {
    name: 'damaged models and archives, 20 times as many, and layers of random shapes, 6 times as many',
    project: 'unit',
    files: ['images/compiler', 'test/property/archive-read-fuzz'],
    environment: { XGBOOST_RUNS: '30000', ONNX_RUNS: '30000', ARCHIVE_RUNS: '30000', ONNX_LAYERS: '48' },
  },
  ...Array.from({ length: 10 }, (_, run): Soak => ({
    name: `properties, run ${run + 1}`,
    project: 'unit',
    files: ['test/property', 'src/model', 'src/store'],
    environment: {},
  })),
  {
    name: `S3 uploads: 10 deaths of the daemon among 500, SEED=${firstSeed}`,
    project: 'kernel',
    files: ['test/kernel/crash/uploads.test.ts'],
    environment: { SEED: String(firstSeed), UPLOADS: '500', ROUNDS: '10' },
  },
  {
    name: 'S3 clients: 2,000 files and 1 GiB both ways',
    project: 'clients',
    files: ['test/clients/trees.test.ts'],
    environment: { TREE_FILES: '2000', OBJECT_MIB: '1024' },
  },
];

let failed = 0;
for (const { name, project, files, environment } of soaks) {
  const started = performance.now();
  const argv = [join('node_modules', '.bin', 'vitest'), 'run', '--project', project, ...files];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { env: { ...process.env, ...environment }, encoding: 'utf8' });
  if (status !== 0) {
    failed += 1;
    process.stdout.write(`${stdout}${stderr}`);
  }
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${name}\n`);
}
process.stdout.write(`${soaks.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
