import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Compiled } from './compiled.ts';
import type { Contract } from './contract.ts';
import { buildNetwork, buildRunner } from './native-build.ts';
import { shapesOf } from './onnx/data-input-config.ts';
import { emitNetwork } from './onnx/emit-c.ts';
import type { Port } from './onnx/network.ts';
import { readOnnxFile } from './onnx/onnx-file.ts';
import { optimise } from './onnx/optimise.ts';
import { graphOf, paramsOf, weightsName } from './onnx/packaging.ts';
import { readNetwork, withOwnOutputs } from './onnx/read-network.ts';
import { selfCheck } from './onnx/self-check.ts';
import { vectorShapeOf } from './onnx/vector-shape.ts';
import type { Target } from './targets.ts';

/**
 * An ONNX network as SageMaker Neo's runtime loads one: `compiled.so` with one function, `compiled.params` with its weights,
 * `compiled_model.json` that says how to call it. Checked against the interpreter before it is left in `outputFolder`.
 */
export async function compileOnnx({ inputFolder, outputFolder, dataInputConfig }: Contract, target: Target, signal: AbortSignal): Promise<Compiled> {
  const network = withOwnOutputs(readNetwork(readOnnxFile(inputFolder), { shapes: shapesOf(dataInputConfig) }));
  const emitted = emitNetwork(optimise(network), vectorShapeOf(target));
  const work = mkdtempSync(join(tmpdir(), 'compile-'));
  try {
    const library = await buildNetwork(work, emitted.steps, target, signal);
    writeFileSync(join(work, 'compiled.params'), paramsOf(weightsName(network), emitted.weights));
    const runner = await buildRunner(work, target, signal);
    const checked = await selfCheck(network, { library, runner, target }, signal);
    for (const name of ['compiled.so', 'compiled.params', 'runner']) copyFileSync(join(work, name), join(outputFolder, name));
    writeFileSync(join(outputFolder, 'compiled_model.json'), JSON.stringify(graphOf(network, emitted)));
    return { selfCheck: checked, inputs: network.inputs.map(described), outputs: network.outputs.map(described) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const described = ({ name, value: { dims } }: Port) => ({ name, shape: dims, dtype: 'float32' });
