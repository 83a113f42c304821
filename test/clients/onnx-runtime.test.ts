import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { compileOnnx } from '../../images/compiler/compile-onnx.ts';
import { convolutional, perceptron } from '../../images/compiler/onnx/digit-networks.ts';
import { targetOf } from '../../images/compiler/targets.ts';
import { heldDigits } from '../fixtures/digits/digits.ts';

const folder = mkdtempSync(join(tmpdir(), 'onnx-runtime-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Weights that nothing was trained to: many an image is nearly two digits. test/kernel/scripts/digits.test.ts has trained ones. */
const images = 10_000;
const pixelBytes = new Uint8Array(heldDigits().images.buffer);
const target = process.arch === 'arm64' ? 'LINUX ARM64' : 'LINUX X86_64';

/** Sums of floats in another order; probabilities are at most 1. */
const largestDifference = 1e-5;

it.each([
  ['perceptron', perceptron],
  ['convolutional', convolutional],
])('a compiled %s network finds what ONNX Runtime finds in every image', async (name, network) => {
  const [input, output] = [join(folder, name, 'in'), join(folder, name, 'out')];
  for (const path of [input, output]) mkdirSync(path, { recursive: true });
  const [model, pixels] = [join(input, 'digits.onnx'), join(folder, name, 'images')];
  writeFileSync(model, network());
  writeFileSync(pixels, pixelBytes);
  const contract = { inputFolder: input, outputFolder: output, options: {}, framework: 'ONNX', target, dataInputConfig: undefined };
  await compileOnnx(contract, targetOf(target), new AbortController().signal);
  const { stdout } = await promisify(execFile)('.venv-onnx/bin/python', ['test/fixtures/onnx/compare.py', model, output, pixels, '0']);
  const compared = JSON.parse(stdout) as { images: number; different: number; largest: number };
  expect(compared).toMatchObject({ images, different: 0 });
  expect(compared.largest).toBeLessThan(largestDifference);
});
