import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { damageDocument } from '../../fixtures/damage.ts';
import { InputError } from '../../../images/compiler/input-error.ts';
import { damageFields } from '../../fixtures/damage-fields.ts';
import { optimise } from '../../../images/compiler/onnx/optimise.ts';
import { readNetwork, withOwnOutputs } from '../../../images/compiler/onnx/read-network.ts';
import { xgboostCases } from '../../../images/compiler/xgboost/cases.ts';
import { emitForest } from '../../../images/compiler/xgboost/emit-c.ts';
import { readModel } from '../../../images/compiler/xgboost/read-model.ts';
import { present } from '../../../src/stdx/assert.ts';
import { seededRandom } from '../../../src/stdx/random.ts';
import { hostileModels } from '../../fixtures/hostile-models.ts';
import { hostileTexts, namedForest, namedNetwork } from '../../fixtures/hostile-names.ts';
import { compilerContainers } from './compiler-container.ts';
import type { CaseEnd, CaseFolder } from './programs/hostile-cases.ts';

/** Hostile models in the compiler's own container, as a job starts it: many in one, each in a process of its own. */

const containers = compilerContainers();

const own = process.arch === 'arm64' ? 'LINUX ARM64' : 'LINUX X86_64';
const other = process.arch === 'arm64' ? 'LINUX X86_64' : 'LINUX ARM64';
/** Less than any of the bombs would take. */
const memoryBytes = 2 * 2 ** 30;

interface Case extends Partial<CaseFolder> {
  readonly framework: string;
  readonly bytes: Buffer;
}

/** What came of each, and the folder of each. */
async function compileAll(cases: readonly Case[]): Promise<readonly (CaseEnd & { readonly folder: string })[]> {
  const { exitCode, ml, said } = await containers.run(
    (folder) => {
      for (const [index, { bytes, framework, target = own, environment = {} }] of cases.entries()) {
        const input = join(folder, 'cases', String(index), 'input');
        mkdirSync(input, { recursive: true });
        writeFileSync(join(input, framework === 'ONNX' ? 'model.onnx' : 'xgboost-model'), bytes);
        writeFileSync(join(folder, 'cases', String(index), 'case.json'), JSON.stringify({ framework, target, environment }));
      }
    },
    { argv: ['/usr/bin/node', '--disable-warning=ExperimentalWarning', '/opt/test/hostile-cases.ts', '/opt/ml/cases'], memoryBytes },
  );
  expect({ exitCode, said }).toMatchObject({ exitCode: 0 });
  return cases.map((_, index) => {
    const folder = join(ml, 'cases', String(index));
    return { ...(JSON.parse(readFileSync(join(folder, 'end.json'), 'utf8')) as CaseEnd), folder };
  });
}

it('every hostile model is refused with its reason, and nothing is left of it', async () => {
  const ends = await compileAll(hostileModels.map(({ framework, bytes }) => ({ framework, bytes: bytes() })));
  for (const [index, { name, framework, reason }] of hostileModels.entries()) {
    const { exitCode, signal, error, compiled, left, isOwned } = present(ends[index], 'each has an end');
    const wanted = { exitCode: 1, signal: null, error: expect.stringMatching(reason) as string, compiled: [], left: [], isOwned: false };
    expect({ model: `${framework}: ${name}`, exitCode, signal, error, compiled, left, isOwned }).toEqual({
      model: `${framework}: ${name}`,
      ...wanted,
    });
  }
}, 300_000);

it('a compiler that runs out of memory has said so before', async () => {
  const million = `{"learner":[${'[0],'.repeat(3_000_000)}0]}`;
  const [end] = await compileAll([{ framework: 'XGBOOST', bytes: Buffer.from(million), environment: { NODE_OPTIONS: '--max-old-space-size=16' } }]);
  expect(end).toMatchObject({
    signal: 'SIGABRT',
    error: expect.stringMatching(/^CompilationError: Unable to compile model for .*takes more memory/u) as string,
  });
});

/** `NAMES_SEED=…` replays a run. */
const seed = Number(process.env['NAMES_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);
const models = 4;

it(`names of all kinds compile, and to the same artefact as plain ones (NAMES_SEED=${seed})`, async () => {
  const texts = hostileTexts(seededRandom(seed));
  const named = (make: (name: () => string) => Buffer, framework: string): Case[] => [
    { framework, bytes: make(() => 'name') },
    ...Array.from({ length: models }, () => ({ framework, bytes: make(() => texts.next().value) })),
  ];
  const ends = await compileAll([...named(namedForest, 'XGBOOST'), ...named(namedNetwork, 'ONNX')]);
  for (const { exitCode, error, left, said } of ends)
    expect({ exitCode, error, left, said }).toMatchObject({ exitCode: 0, error: undefined, left: [] });
  for (const [plain = expect.fail('a plain one'), ...hostile] of [ends.slice(0, models + 1), ends.slice(models + 1)]) {
    expect(plain.said).toMatch(/^[1-9]\d* rows checked: equal/u);
    for (const { folder, said, compiled } of hostile) {
      expect(said).toBe(plain.said);
      expect(compiled).toEqual(plain.compiled);
      for (const path of compiled) expect(lstatSync(join(folder, 'compiled', path)).isFile()).toBe(true);
      const artefact = (of: string): Buffer => readFileSync(join(of, 'compiled/compiled.so'));
      expect(artefact(folder).equals(artefact(plain.folder))).toBe(true);
    }
  }
  expect(ends.map(({ isOwned }) => isOwned)).not.toContain(true);
});

const damagedModels = 8;

/** What a reader takes of damaged models. */
function* readable(damaged: () => Buffer, read: (bytes: Buffer) => unknown): Generator<Buffer, never> {
  for (;;) {
    const bytes = damaged();
    try {
      read(bytes);
      yield bytes;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
}

it(`what is read of damaged models compiles, and says what the interpreter says (DAMAGE_SEED=${seed})`, async () => {
  const random = seededRandom(Number(process.env['DAMAGE_SEED'] ?? seed));
  const below = (count: number): number => Number.parseInt(random.hex(8), 16) % count;
  const documents = xgboostCases().flatMap((one) => one.models['json'] ?? []);
  const network = namedNetwork(() => 'name');
  const cases = [
    ...readable(
      () => damageDocument(documents[below(documents.length)] ?? Buffer.alloc(0), below),
      (bytes) => emitForest(readModel(bytes)),
    )
      .take(damagedModels)
      .map((bytes) => ({ framework: 'XGBOOST', bytes })),
    ...readable(
      () => damageFields(network, below),
      (bytes) => optimise(withOwnOutputs(readNetwork(bytes))),
    )
      .take(damagedModels)
      .map((bytes) => ({ framework: 'ONNX', bytes })),
  ];
  const ends = await compileAll(cases);
  expect(ends.map(({ exitCode, error, said }) => ({ exitCode, error, said }))).toEqual(
    cases.map(() => ({ exitCode: 0, error: undefined, said: expect.stringMatching(/^[1-9]\d* rows checked: equal/u) as string })),
  );
}, 300_000);

describe('an artefact that is changed between compiling and checking', () => {
  /** The bits of a number that stands once in the artefact, and of the next one. */
  const floatHex = (value: number): string => Buffer.from(Float32Array.of(value).buffer).toString('hex');
  const tampering = (from: number, to: number): Record<string, string> => ({
    PATH: '/opt/test/tampering:/usr/bin',
    TAMPER_FROM: floatHex(from),
    TAMPER_TO: floatHex(to),
  });
  const forest = xgboostCases().find((one) => one.name === 'softprob' && one.release.startsWith('3.'))?.models['json'] ?? Buffer.alloc(0);
  const leaf = Math.fround(Number(/"split_conditions":\[(?:[^\]]*,)?(?<leaf>[^,\]]+)\]/u.exec(forest.toString())?.groups?.['leaf']));

  it('fails the job, here and under an emulator', async () => {
    const targets = [own, other];
    const network = namedNetwork(() => 'name');
    const changed = targets.flatMap((target): Case[] => [
      { framework: 'XGBOOST', bytes: forest, target, environment: tampering(leaf, leaf * 1.000_001) },
      { framework: 'ONNX', bytes: network, target, environment: { PATH: '/opt/test/tampering:/usr/bin', TAMPER_LINE: '#define RELU' } },
    ]);
    const ends = await compileAll([
      ...changed,
      ...changed.map(({ framework, bytes, target }): Case => ({ framework, bytes, ...(target !== undefined && { target }) })),
    ]);
    const differs = expect.stringMatching(
      /^CompilationError: the compiled model differs from the given one: (in )?row \d+ of the self-check \(seed \d+\)/u,
    ) as string;
    for (const { exitCode, error, said, left } of ends.slice(0, changed.length))
      expect({ exitCode, error, said, left }).toMatchObject({ exitCode: 1, error: differs, left: [] });
    // It is the change that fails them.
    const checked = expect.stringMatching(/^[1-9]\d* rows checked: equal/u) as string;
    for (const { exitCode, said } of ends.slice(changed.length)) expect({ exitCode, said }).toEqual({ exitCode: 0, said: checked });
  });
});
