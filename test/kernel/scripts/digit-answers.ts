import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { interpret } from '../../../images/compiler/onnx/interpret.ts';
import { readNetwork } from '../../../images/compiler/onnx/read-network.ts';
import { CliCommand } from '../../clients/cli-command.ts';
import { dlrRunsHere, floatsOf, runByDlr } from '../../fixtures/dlr/dlr.ts';

/** A network, what a compilation job made of it, and a folder to work in. */
export interface Given {
  readonly model: string;
  readonly archive: string;
  /** The archive, unpacked. */
  readonly compiled: string;
  readonly folder: string;
}

const pixels = 784;
const classes = 10;
const together = 100;
const predictMs = 120_000;

/** The most probable of ten, row by row. */
export function digitsIn(probabilities: Float32Array): number[] {
  return Array.from({ length: probabilities.length / classes }, (_, row) => {
    const those = probabilities.subarray(row * classes, (row + 1) * classes);
    return those.indexOf(Math.max(...those));
  });
}

async function byOnnxRuntime({ model, folder }: Given, images: Float32Array<ArrayBuffer>): Promise<Float32Array> {
  const [input, output] = [join(folder, 'images'), join(folder, 'onnx-runtime')];
  writeFileSync(input, images);
  await promisify(execFile)('.venv-onnx/bin/python', ['test/fixtures/onnx/answers.py', model, input, output]);
  return floatsOf(output);
}

/** What the compiler checks itself against. */
function byInterpreter({ model }: Given, images: Float32Array): Float32Array {
  const network = readNetwork(readFileSync(model), { shapes: { image: [together, 1, 28, 28] } });
  const found = new Float32Array((images.length / pixels) * classes);
  for (let first = 0; first < images.length / pixels; first += together) {
    const [probabilities = new Float32Array()] = interpret(network, [images.subarray(first * pixels, (first + together) * pixels)]);
    found.set(probabilities, first * classes);
  }
  return found;
}

async function byCloisterPredict({ archive }: Given, images: Float32Array): Promise<Float32Array> {
  const command = new CliCommand(['predict', archive], { timeoutMs: predictMs });
  const rows = Array.from({ length: images.length / pixels }, (_, row) => images.subarray(row * pixels, (row + 1) * pixels).join(','));
  command.child.stdin?.end(`${rows.join('\n')}\n`);
  const { code, stdout, stderr } = await command.end();
  if (code !== 0) throw new Error(stderr);
  return Float32Array.from(stdout.trim().split(/[,\n]/u), Number);
}

async function byDlr({ compiled }: Given, images: Float32Array): Promise<Float32Array> {
  const [answer] = await runByDlr([{ folder: compiled, inputs: { image: { numbers: images, shape: [1, 1, 28, 28] } } }]);
  return answer?.results[0] ?? new Float32Array();
}

/** Each gives ten probabilities for each image. */
export const answerers: Readonly<Record<string, (given: Given, images: Float32Array<ArrayBuffer>) => Float32Array | Promise<Float32Array>>> = {
  'ONNX Runtime': byOnnxRuntime,
  'the interpreter': byInterpreter,
  'cloister predict': byCloisterPredict,
  ...(dlrRunsHere && { DLR: byDlr }),
};
