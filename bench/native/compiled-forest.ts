import koffi from 'koffi';
import { rowBytes, type Predictor, type RowsMemory } from './rows-memory.ts';

type Predict = (rows: bigint, count: number, stride: number, margins: number, scratch: Float32Array, out: Float32Array) => void;

/** `cloister_predict` of images/compiler/native/forest.c. */
export function loadForest(path: string, { outputs, countMax }: { readonly outputs: number; readonly countMax: number }): Predictor {
  const library = koffi.load(path);
  const scratchSize = library.func('cloister_scratch', 'int64_t', []) as () => number;
  const predict = library.func('cloister_predict', 'void', ['uintptr_t', 'int64_t', 'int64_t', 'int32_t', 'void *', 'void *']) as Predict;
  const [scratch, out] = [new Float32Array(scratchSize()), new Float32Array(countMax * outputs)];
  return {
    prepare(rows: RowsMemory, first, count) {
      const from = rows.address + BigInt(first * rowBytes(rows));
      return () => predict(from, count, rows.features, 1, scratch, out);
    },
    margins: (count) => out.slice(0, count * outputs),
  };
}
