import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../input-error.ts';

/** Of weights alone, as many as a network may have (network-builder.ts). */
const bytesMost = 2 ** 30;

/** The bytes of the one .onnx file in a folder. Messages: https://github.com/neo-ai/neo-loader */
export function readOnnxFile(folder: string): Buffer {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const [only, another] = files.filter(({ name }) => name.endsWith('.onnx'));
  if (files.length === 0) refuse('InputConfiguration: No model file found.');
  if (only === undefined) refuse('InputConfiguration: No .onnx file found for ONNX model. Please make sure the framework you select is correct.');
  if (another !== undefined) refuse('InputConfiguration: Exactly one .onnx file is allowed for ONNX models.');
  const path = join(only.parentPath, only.name);
  const { size } = statSync(path);
  if (size > bytesMost) refuse(`InputConfiguration: ModelSizeTooBig: the model has ${size} bytes; at most ${bytesMost} are compiled`);
  return readFileSync(path);
}
