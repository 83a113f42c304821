/**
 * cloister/compiler: XGBoost models to native code, with SageMaker Neo's contract for compiler images. Writes what Neo's
 * runtime loads, or an error file whose text becomes the job's FailureReason.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileXgboost } from './compile-xgboost.ts';
import { readContract, type Contract } from './contract.ts';
import { InputError, refuse } from './input-error.ts';
import { targetOf } from './targets.ts';

async function compile({ framework, target, options, inputFolder, outputFolder }: Contract, signal: AbortSignal): Promise<void> {
  mkdirSync(outputFolder, { recursive: true });
  if (framework !== 'XGBOOST')
    refuse(`CompilationError: Unable to compile model for ${target}: this image has no compiler for framework ${framework}`);
  const { selfCheck, inputs, outputs } = await compileXgboost(inputFolder, outputFolder, targetOf(target, options), signal);
  // https://github.com/neo-ai/neo-ai-dlr, dlr_common.cc: what its readers look for.
  const meta = {
    Requirements: { TargetDevice: target.toUpperCase(), TargetDeviceType: 'cpu' },
    Model: { SparseInput: '0', Inputs: inputs, Outputs: [{ name: 'prediction', shape: [-1, outputs], dtype: 'float32' }] },
  };
  writeFileSync(join(outputFolder, 'compiled.meta'), JSON.stringify(meta));
  writeFileSync(join(outputFolder, 'manifest'), JSON.stringify({ framework, target, selfCheck, files: digests(outputFolder) }, undefined, 2));
  console.log(selfCheck.rows === 0 ? `not run: this machine runs no program for ${target}` : `${selfCheck.rows} rows checked: equal bit for bit`);
}

function digests(folder: string): Record<string, string> {
  const names = readdirSync(folder).toSorted();
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
try {
  await compile(readContract(process.env), stop.signal);
} catch (error) {
  const text = error instanceof InputError ? error.message : `CompilationError: ${error instanceof Error ? error.message : String(error)}`;
  const { errorFile } = { errorFile: process.env['SM_NEO_COMPILATION_ERROR_FILE'] ?? '/opt/ml/compilation/errors/errors.json' };
  mkdirSync(dirname(errorFile), { recursive: true });
  writeFileSync(errorFile, JSON.stringify({ error: text }));
  console.error(text);
  process.exitCode = 1;
}
