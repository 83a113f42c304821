import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { targetOf } from '../../../images/compiler/targets.ts';
import { hexOf, xgboostCases, type XgboostCase } from '../../../images/compiler/xgboost/cases.ts';
import { run } from '../../../src/drivers/process/process.ts';
import { compilerContainers, type Ended } from './compiler-container.ts';
import type { CaseFile, CaseResult } from './programs/compile-cases.ts';

const containers = compilerContainers();

const fileOf = ({ name, release }: XgboostCase): string => `${name}-${release}.json`;
const isRunHere = (target: string): boolean => {
  const flags = new Set(/^flags\s*:(?<flags>.*)$/mu.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.groups?.['flags']?.split(' '));
  return target === 'LINUX ARM64' || process.arch === 'arm64' || flags.has('avx512vl') || targetOf(target).cpu === 'x86-64';
};

it.each(['ml_c5', 'LINUX ARM64'])(
  'compiles every model of the corpus for %s to margins that are XGBoost’s bit for bit',
  async (target) => {
    const cases = xgboostCases();
    const { exitCode, ml, said } = await containers.run(
      (folder) => {
        for (const path of ['cases', 'results']) mkdirSync(join(folder, path));
        for (const one of cases) {
          const [model = Buffer.alloc(0)] = Object.values(one.models);
          const file: CaseFile = {
            model: model.toString('base64'),
            rows: Buffer.from(one.rows.buffer).toString('base64'),
            count: one.rows.length / one.features,
          };
          writeFileSync(join(folder, 'cases', fileOf(one)), JSON.stringify(file));
        }
      },
      { argv: ['/usr/bin/node', '--disable-warning=ExperimentalWarning', '/opt/test/compile-cases.ts', '/opt/ml/cases', target] },
    );
    expect({ exitCode, said }).toMatchObject({ exitCode: 0 });
    const results = cases.map((one) => JSON.parse(readFileSync(join(ml, 'results', fileOf(one)), 'utf8')) as CaseResult);
    // A machine that lacks what ml_c5 has compiles for it and says that it has not checked.
    const isRun = isRunHere(target);
    const found = results.map(({ margins, checkedRows }) => ({
      margins: Buffer.from(margins, 'base64').toString('hex'),
      isChecked: checkedRows > 0,
    }));
    expect(found).toEqual(cases.map(({ margins }) => ({ margins: isRun ? hexOf(margins) : '', isChecked: isRun })));
    const broken = results.map((result) => result.broken).filter((text) => text !== '');
    const differs = /^CompilationError: the compiled model differs from the given one: row \d+ of the self-check \(seed \d+\)/u;
    expect(broken.map((text) => differs.test(text))).toEqual(cases.filter(({ name }) => name === 'deep').map(() => isRun));
  },
  600_000,
);

const caseOf = (name: string): XgboostCase => xgboostCases().find((one) => one.name === name && one.release.startsWith('3.')) ?? expect.fail(name);
const modelOf = (name: string): Buffer => caseOf(name).models['json'] ?? expect.fail(name);

const own = process.arch === 'arm64' ? 'LINUX ARM64' : 'LINUX X86_64';

async function compile(files: Readonly<Record<string, Uint8Array>>, environment: Record<string, string>): Promise<Ended> {
  return await containers.run(
    (ml) => {
      for (const [path, bytes] of Object.entries(files)) writeFileSync(join(ml, 'model/input', path), bytes);
    },
    { environment: { CLOISTER_NEO_FRAMEWORK: 'XGBOOST', CLOISTER_NEO_TARGET: own, ...environment } },
  );
}

it.each(['softprob', 'logistic-base-score'])('writes for %s what Neo’s runtime loads, by the rules of its reader', async (name) => {
  const { exitCode, ml, said } = await compile({ 'any name; "at all"': modelOf(name) }, {});
  expect({ exitCode, said }).toMatchObject({ exitCode: 0 });
  const folder = join(ml, 'model/compiled');
  const names = readdirSync(folder).toSorted();
  expect(names).toEqual(['compiled.meta', 'compiled.so', 'manifest', 'runner']);
  // https://github.com/neo-ai/neo-ai-dlr, dlr_common.cc: one library, no parameters, no other .json make a model of trees.
  expect(names.filter((file) => /\.(so|params|ro|json)$/u.test(file))).toEqual(['compiled.so']);
  const { features, rows, margins, predictions } = caseOf(name);
  const outputs = margins.length / (rows.length / features);
  expect(JSON.parse(readFileSync(join(folder, 'compiled.meta'), 'utf8'))).toMatchObject({
    Requirements: { TargetDeviceType: 'cpu' },
    Model: { SparseInput: '0', Inputs: [{ name: 'data', shape: [-1, features] }], Outputs: [{ shape: [-1, outputs] }] },
  });
  const rowsFile = join(ml, 'rows');
  writeFileSync(rowsFile, Buffer.from(rows.buffer));
  const loader = join(import.meta.dirname, 'programs/treelite.ts');
  const loaded = JSON.parse(
    await run([process.execPath, '--disable-warning=ExperimentalWarning', loader, join(folder, 'compiled.so'), rowsFile]),
  ) as object;
  expect(loaded).toMatchObject({ classes: outputs, features, margins: hexOf(margins) });
  const archive = join(ml, 'model.tar.gz');
  await run(['tar', '--create', '--gzip', '--file', archive, '--directory', folder, '.']);
  const csv = Array.from({ length: rows.length / features }, (_, row) => rows.subarray(row * features, (row + 1) * features).join(',')).join('\n');
  const cloister = [process.execPath, '--disable-warning=ExperimentalWarning', 'src/cli/main.ts', 'predict', archive] as const;
  expect(numbersOf(await run([...cloister, '--margins'], { input: csv }))).toEqual(Array.from(margins));
  const differences = numbersOf(await run(cloister, { input: csv })).map((value, index) => Math.abs(value - (predictions[index] ?? NaN)));
  // An ulp of numbers between 0 and 1.
  expect(Math.max(...differences)).toBeLessThanOrEqual(2 ** -24);
  expect(loaded).toMatchObject({ said: [outputs > 1 ? 'softmax' : 'sigmoid', 'float32', 'float32'] });
});

const numbersOf = (printed: string): number[] =>
  printed
    .trimEnd()
    .split(/[\n,]/u)
    .map((cell) => Math.fround(Number(cell)));

const softprob = modelOf('softprob');
const treelite = 'InputConfiguration: Treelite failed to convert XGBoost model. Please make sure the framework you select is correct. ';
const half = softprob.subarray(0, softprob.length / 2);

it.each<[string, Readonly<Record<string, Uint8Array>>, Record<string, string>, string]>([
  ['nothing', {}, {}, 'InputConfiguration: No model file found.'],
  ['half of a model', { model: half }, {}, `${treelite}the JSON model does not parse`],
  ['a pickle', { model: Buffer.from([0x80, 4, 0x95]) }, {}, `${treelite}the file is a Python pickle. If you are loading a serialized model`],
  ['two models', { a: softprob, b: softprob }, {}, 'InputConfiguration: Invalid XGBoost model: only one XGBoost model file is allowed.'],
  [
    'words that would become a parameter of clang',
    { model: softprob },
    { COMPILER_OPTIONS: '{"mcpu": "native -Xclang -load"}' },
    'mcpu "native -Xclang -load" is not one of',
  ],
  [
    'a framework that it has no compiler for',
    { model: softprob },
    { CLOISTER_NEO_FRAMEWORK: 'KERAS' },
    `CompilationError: Unable to compile model for ${own}: this image has no compiler for framework KERAS`,
  ],
])('fails for %s with the text of the failure reason', async (_, files, environment, text) => {
  const { exitCode, ml } = await compile(files, environment);
  expect(exitCode).toBe(1);
  const { error } = JSON.parse(readFileSync(join(ml, 'compilation/errors/errors.json'), 'utf8')) as { error: string };
  expect(error.slice(0, text.length)).toBe(text);
});
