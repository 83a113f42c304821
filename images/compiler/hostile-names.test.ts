import { expect, it } from 'vitest';
import { seededRandom } from '../../src/stdx/random.ts';
import { emitNetwork } from './onnx/emit-c.ts';
import { optimise } from './onnx/optimise.ts';
import { graphOf, weightsName } from './onnx/packaging.ts';
import { readNetwork, withOwnOutputs } from './onnx/read-network.ts';
import { hostileTexts, namedForest, namedNetwork } from '../../test/fixtures/hostile-names.ts';
import { emitForest } from './xgboost/emit-c.ts';
import { readModel } from './xgboost/read-model.ts';

/** `NAMES_SEED=… vitest run --project unit images/compiler/hostile-names` replays a run. test/kernel compiles some of them. */
const seed = Number(process.env['NAMES_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);
const runs = 60;

it(`whatever a model of trees calls things, its C is the same to the byte (NAMES_SEED=${seed})`, () => {
  const texts = hostileTexts(seededRandom(seed));
  const plain = emitForest(readModel(namedForest(() => 'name')));
  for (let run = 0; run < runs; run += 1) {
    const code = emitForest(readModel(namedForest(() => texts.next().value)));
    expect(code.header).toBe(plain.header);
    expect(code.tables.equals(plain.tables)).toBe(true);
  }
});

it(`whatever a network calls things, its C is the same to the byte, and its description is JSON with the same names (NAMES_SEED=${seed})`, () => {
  const texts = hostileTexts(seededRandom(seed));
  const shape = { lanes: 8, sums: 12 } as const;
  const plain = emitNetwork(optimise(withOwnOutputs(readNetwork(namedNetwork(() => 'name')))), shape);
  for (let run = 0; run < runs; run += 1) {
    const network = withOwnOutputs(readNetwork(namedNetwork(() => texts.next().value)));
    const emitted = emitNetwork(optimise(network), shape);
    expect(emitted.steps).toBe(plain.steps);
    const { nodes } = JSON.parse(JSON.stringify(graphOf(network, emitted))) as { nodes: readonly { name: string }[] };
    expect(nodes.map(({ name }) => name)).toEqual([...network.inputs.map(({ name }) => name), weightsName(network), 'cloister_main']);
  }
});
