import { expect, it } from 'vitest';
import { compilerImageOf, parseCompilers } from './compilers.ts';

it('takes an image for a framework, and for the targets of a pattern', () => {
  const registered = parseCompilers(['PYTORCH=neo/torch:1', 'PYTORCH:ml_*=neo/cloud', 'PYTORCH:ml_inf1=neo/neuron', 'XGBOOST:LINUX_ARM64=own/trees']);
  expect(compilerImageOf('PYTORCH', 'ml_c5', registered)).toBe('neo/cloud');
  expect(compilerImageOf('PYTORCH', 'ml_inf1', registered)).toBe('neo/neuron');
  expect(compilerImageOf('PYTORCH', 'LINUX_X86_64', registered)).toBe('neo/torch:1');
  expect(compilerImageOf('XGBOOST', 'LINUX_ARM64', registered)).toBe('own/trees');
  // A pattern is of the whole name.
  expect(compilerImageOf('XGBOOST', 'LINUX_ARM64_NVIDIA', registered)).toBe('cloister/compiler');
  expect(compilerImageOf('ONNX', 'ml_c5', [])).toBe('cloister/compiler');
  expect(compilerImageOf('TFLITE', 'ml_c5', registered)).toBeUndefined();
});

it.each([
  ['PYTORCH', '--compiler takes FRAMEWORK[:TARGET]=IMAGE, not PYTORCH'],
  ['PYTORCH=', '--compiler takes FRAMEWORK[:TARGET]=IMAGE'],
  ['pytorch=neo/torch', '--compiler: pytorch is no framework'],
  ['PYTORCH:ml.c5=neo/torch', '--compiler: ml.c5 is neither the name of a target'],
  ['PYTORCH=Neo/Torch', '--compiler: Neo/Torch is no name of an image'],
])('%s', (text, message) => {
  expect(() => parseCompilers([text])).toThrow(message);
});

it('names nothing twice', () => {
  expect(() => parseCompilers(['ONNX=a/b', 'ONNX=c/d'])).toThrow('--compiler names ONNX:* twice');
});
