import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { xgboostCases } from '../../images/compiler/xgboost/cases.ts';
import { demoHyperParameters } from '../../src/cli/demo/training-job.ts';
import { marginByWalking } from '../../src/cli/demo/walk-trees.ts';
import { needsImage } from '../fixtures/distribution-image.ts';
import { CliCommand } from './cli-command.ts';

/** `cloister demo --compile` holds compiled models against a walk through the trees; XGBoost's own margins say that the walk is right. */

const demoMs = 280_000;
const folder = mkdtempSync(join(tmpdir(), 'cloister-compile-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

const trained = xgboostCases().find(({ name }) => name === 'built-in-trainer') ?? expect.fail('the corpus has the model of the demo');
const model = (trained.models['json'] ?? Buffer.alloc(0)).toString();

it("is trained by the demo's hyperparameters to the model that XGBoost was asked about", () => {
  for (const path of ['config', 'data/train', 'data/validation']) mkdirSync(join(folder, 'input', path), { recursive: true });
  for (const name of ['train', 'validation']) cpSync(`images/gbt/data/${name}.csv`, join(folder, 'input/data', name, 'rows.csv'));
  const config = (file: string, value: unknown): void => writeFileSync(join(folder, 'input/config', file), JSON.stringify(value));
  config('hyperparameters.json', demoHyperParameters);
  config('resourceconfig.json', { current_host: 'algo-1', hosts: ['algo-1'] });
  execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'images/gbt/main.ts', 'train'], { env: { ML_ROOT: folder } });
  expect(readFileSync(join(folder, 'model/xgboost-model'), 'utf8')).toBe(model);
});

it('has by a walk through its trees the margins that XGBoost predicts, bit for bit', () => {
  const walked = Array.from(trained.margins, (_, row) =>
    marginByWalking(model, trained.rows.subarray(row * trained.features, (row + 1) * trained.features)),
  );
  expect(walked).toEqual(Array.from(trained.margins));
});

describe('in one command', () => {
  needsImage('cloister/compiler');

  it(
    'is trained, compiled for two processors, and predicts the same on both',
    async () => {
      const command = new CliCommand(['demo', '--compile'], { timeoutMs: demoMs });
      expect(await command.end()).toMatchObject({ code: 0 });
      const equal = command.stdout.match(/every margin is that of a walk\s+through the trees, bit for bit/gu);
      expect(equal).toHaveLength(existsSync(`/usr/bin/qemu-${process.arch === 'arm64' ? 'x86_64' : 'aarch64'}-static`) ? 2 : 1);
    },
    demoMs,
  );
});
