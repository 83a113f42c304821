/**
 * cloister/compiler: models to native code, with SageMaker Neo's contract for compiler images. Writes what Neo's
 * runtime loads, or an error file whose text becomes the job's FailureReason.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileOnnx } from './compile-onnx.ts';
import { compileXgboost } from './compile-xgboost.ts';
import type { Compiler } from './compiled.ts';
import { errorFileOf, readContract, type Contract } from './contract.ts';
import { InputError, refuse } from './input-error.ts';
import { targetOf } from './targets.ts';

const compilers: Readonly<Record<string, Compiler>> = {
  ONNX: compileOnnx,
  XGBOOST: compileXgboost,
};

async function compile(contract: Contract, signal: AbortSignal): Promise<void> {
  const { framework, target, options, outputFolder } = contract;
  const compiler = Object.hasOwn(compilers, framework) ? compilers[framework] : undefined;
  if (compiler === undefined)
    refuse(`CompilationError: Unable to compile model for ${target}: this image has no compiler for framework ${framework}`);
  mkdirSync(outputFolder, { recursive: true });
  const { selfCheck, inputs, outputs } = await compiler(contract, targetOf(target, options), signal);
  // https://github.com/neo-ai/neo-ai-dlr, dlr_common.cc: what its readers look for.
  const meta = {
    Requirements: { TargetDevice: target.toUpperCase(), TargetDeviceType: 'cpu' },
    Model: { SparseInput: '0', Inputs: inputs, Outputs: outputs },
  };
  writeFileSync(join(outputFolder, 'compiled.meta'), JSON.stringify(meta));
  // Not manifest.json: Neo's runtime takes every .json for a part of the model.
  writeFileSync(join(outputFolder, 'manifest'), JSON.stringify({ framework, target, selfCheck, files: digests(outputFolder) }, undefined, 2));
  console.log(
    selfCheck.rows === 0
      ? `not checked: this machine runs no program for ${target}`
      : `${selfCheck.rows} rows checked: ${selfCheck.tolerance === undefined ? 'equal bit for bit' : `equal within ${selfCheck.tolerance} of the largest number`}`,
  );
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

const errorFile = errorFileOf(process.env);
mkdirSync(dirname(errorFile), { recursive: true });
const tell = (error: string): void => writeFileSync(errorFile, JSON.stringify({ error }));

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
try {
  const contract = readContract(process.env);
  // Stands there when nothing else can be said any more: a process that runs out of memory is ended in the middle of it.
  tell(
    `CompilationError: Unable to compile model for ${contract.target}: the compiler ended before it could say why, as it does when a model takes more memory than the job has`,
  );
  await compile(contract, stop.signal);
  rmSync(errorFile);
} catch (error) {
  const text = error instanceof InputError ? error.message : `CompilationError: ${error instanceof Error ? error.message : String(error)}`;
  tell(text);
  console.error(text);
  process.exitCode = 1;
}
