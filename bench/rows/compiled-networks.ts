import { readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileOnnx } from '../../images/compiler/compile-onnx.ts';
import { convolutional, digitImages, perceptron } from '../../images/compiler/onnx/digit-networks.ts';
import { targetOf } from '../../images/compiler/targets.ts';
import { assert } from '../../src/stdx/assert.ts';
import { makePythonEnvironment } from '../../tools/python-environment.ts';
import { makeFolder } from '../folder.ts';
import { ratios, spoken } from '../interleave.ts';
import { run } from '../programs.ts';
import type { Line, Row } from '../row.ts';

const environment = '.venv-onnx';
const requirements = 'test/clients/requirements-onnx.txt';

const networks = [
  { name: 'a perceptron (784-256-128-10)', bytes: perceptron, least: 1.5 },
  { name: 'a convolutional network (28 × 28, 16 and 32 filters of 5 × 5)', bytes: convolutional, least: 0.9 },
];

/** Digit-sized networks, image by image on one thread, both sides in one process, every result compared. */
export const compiledNetworks: Row = {
  name: 'compiled-networks',
  programs: { 'clang-14': 'clang-14', 'ld.lld-14': 'lld-14' },

  async measure({ quick, rounds }, leftovers) {
    makePythonEnvironment(environment, requirements);
    const lines: Line[] = [];
    for (const [index, { name, bytes, least }] of networks.entries()) {
      const folder = join(makeFolder(leftovers), String(index));
      for (const part of ['in', 'out']) mkdirSync(join(folder, part), { recursive: true });
      const [model, images] = [join(folder, 'in', 'digits.onnx'), join(folder, 'images')];
      writeFileSync(model, bytes());
      writeFileSync(images, new Uint8Array(digitImages(quick ? 64 : 2_000).buffer));
      const compileMs = await compile(folder);
      const said = await run([
        join(environment, 'bin/python'),
        'test/fixtures/onnx/compare.py',
        model,
        join(folder, 'out'),
        images,
        String(rounds * (quick ? 1 : 10)),
      ]);
      const { different, largest, nanoseconds } = JSON.parse(said) as Compared;
      assert(
        different === 0 && largest < largestDifference,
        `${name}: ${different} images are seen as another digit, the largest difference is ${largest}`,
      );
      const pairs = { ours: nanoseconds.theirs.map((one) => one / 1_000), peer: nanoseconds.ours.map((one) => one / 1_000) };
      lines.push({
        what: `${name}, compiled: images per second`,
        against: 'ONNX Runtime, its default level, bound buffers',
        figures: ratios(pairs),
        unit: '×',
        bar: { atLeast: least },
        measured: `ONNX Runtime ${spoken(pairs, 'µs', 1)} per image; compiled in ${compileMs.toFixed(0)} ms, self-check included`,
      });
    }
    return lines;
  },
};

interface Compared {
  readonly different: number;
  readonly largest: number;
  readonly nanoseconds: { readonly ours: readonly number[]; readonly theirs: readonly number[] };
}

/** Probabilities of which floats were added in another order. */
const largestDifference = 1e-5;

async function compile(folder: string): Promise<number> {
  const started = performance.now();
  const target = targetHere();
  const contract = {
    inputFolder: join(folder, 'in'),
    outputFolder: join(folder, 'out'),
    options: {},
    framework: 'ONNX',
    target,
    dataInputConfig: undefined,
  };
  await compileOnnx(contract, targetOf(target), new AbortController().signal);
  return performance.now() - started;
}

/** The device whose processors have this one's instructions. */
function targetHere(): string {
  if (process.arch === 'arm64') return 'LINUX ARM64';
  const flags = readFileSync('/proc/cpuinfo', 'utf8');
  return flags.includes(' avx512vl') ? 'ml_c5' : flags.includes(' avx2') ? 'ml_c4' : 'LINUX X86_64';
}
