import { expect, it } from 'vitest';
import { compilerEnvironment, compilerError } from './compiler-contract.ts';

it("tells a compiler what AWS's compilers are told, and nothing secret", () => {
  const told = compilerEnvironment({ region: 'us-east-1', framework: 'PYTORCH', target: 'LINUX ARM64', compilerOptions: '{"mcpu":"x"}' });
  expect(told).toMatchObject({
    SM_NEO_EXECUTION_CONTEXT: '1',
    SM_NEO_INPUT_MODEL_DIR: '/opt/ml/model/input',
    SM_NEO_COMPILED_MODEL_DIR: '/opt/ml/model/compiled',
    SM_NEO_COMPILATION_ERROR_FILE: '/opt/ml/compilation/errors/errors.json',
    SM_NEO_CACHE_DIR: '/opt/ml/compilation/cache',
    SM_NEO_HF_CACHE_DIR: '/opt/ml/compilation/hf_cache',
    COMPILER_OPTIONS: '{"mcpu":"x"}',
    CLOISTER_NEO_TARGET: 'LINUX ARM64',
    CLOISTER_NEO_DATA_INPUT_CONFIG: '',
  });
  expect(Object.keys(told).filter((name) => /KEY|TOKEN|SECRET|CREDENTIAL/u.test(name))).toEqual([]);
  expect(compilerEnvironment({ region: 'us-east-1', framework: 'ONNX', target: 'ml_c5' })['COMPILER_OPTIONS']).toBe('{}');
});

it.each([
  ['{"error": "InputConfiguration: no model"}', 'InputConfiguration: no model'],
  // As Python shows an exception, of a text with one kind of quote, with both, and with a comma as Python 3.6 did.
  [`{"error": "InputConfiguration('no model')"}`, 'InputConfiguration: no model'],
  [String.raw`{"error": "CompilationFatalError(\"it's broken\")"}`, "CompilationFatalError: it's broken"],
  [String.raw`{"error": "InputConfiguration('it\\'s \"x\"\\nand y')"}`, 'InputConfiguration: it\'s "x"\nand y'],
  [`{"error": "InputConfiguration('no model',)"}`, 'InputConfiguration: no model'],
  [`{"error": "InputConfiguration('InputConfiguration: no model')"}`, 'InputConfiguration: no model'],
  // Something else stays as it is.
  [`{"error": "KeyError(7)"}`, 'KeyError(7)'],
  [`{"error": "OSError(2, 'No such file')"}`, "OSError(2, 'No such file')"],
  [`{"error": "f('x')"}`, "f('x')"],
  ['{"error": 7}', '{"error": 7}'],
  ['[]', '[]'],
  ['Segmentation fault', 'Segmentation fault'],
  // Cut off where what is read of it ends.
  ['{"error": "InputConfiguration: no mod', 'InputConfiguration: no mod'],
  [String.raw`{"error": "InputConfiguration: no \u00e`, 'InputConfiguration: no '],
  [String.raw`{"error": "InputConfiguration: no \ `.trimEnd(), 'InputConfiguration: no '],
])('%s says %j', (file, text) => {
  expect(compilerError(file)).toBe(text);
});
