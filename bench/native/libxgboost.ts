import koffi from 'koffi';
import { assert } from '../../src/stdx/assert.ts';
import { rowBytes, type Predictor, type RowsMemory } from './rows-memory.ts';

type Call = (...given: readonly unknown[]) => number;

/** In-place prediction by the C API, on one thread: https://xgboost.readthedocs.io/en/stable/dev/group__Prediction.html */
export function loadXgboost(path: string, { model, outputs }: { readonly model: string; readonly outputs: number }): Predictor {
  const library = koffi.load(path);
  const handle = new BigUint64Array(1);
  const must = (name: string, types: readonly string[], ...given: readonly unknown[]): void => {
    assert((library.func(name, 'int', [...types]) as Call)(...given) === 0, `${name} succeeds`);
  };
  must('XGBoosterCreate', ['void *', 'uint64_t', 'void *'], null, 0, handle);
  const [booster] = handle;
  must('XGBoosterLoadModel', ['uintptr_t', 'str'], booster, model);
  must('XGBoosterSetParam', ['uintptr_t', 'str', 'str'], booster, 'nthread', '1');
  const predict = library.func('XGBoosterPredictFromDense', 'int', ['uintptr_t', 'str', 'str', 'void *', 'void *', 'void *', 'void *']) as Call;
  const configuration = '{"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false,"cache_id":0,"missing":NaN}';
  const [shape, dimensions, result] = [new BigUint64Array(1), new BigUint64Array(1), new BigUint64Array(1)];
  return {
    prepare(rows: RowsMemory, first, count) {
      const address = rows.address + BigInt(first * rowBytes(rows));
      const rowsText = `{"data":[${address},true],"shape":[${count},${rows.features}],"typestr":"<f4","version":3}`;
      return () => {
        assert(predict(booster, rowsText, configuration, null, shape, dimensions, result) === 0, 'libxgboost predicts');
      };
    },
    margins: (count) => Float32Array.from(koffi.decode(result[0] ?? 0n, koffi.array('float', count * outputs)) as number[]),
  };
}
