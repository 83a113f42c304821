import { type PoolStep, type Reduction, type Value } from '../network.ts';
import type { Lower, Operation } from '../operation.ts';
import { mean } from './reductions.ts';
import { windowsOf } from './windows.ts';

export const pooling: Readonly<Record<string, Lower>> = {
  MaxPool: (operation) => {
    if (operation.outputs > 1) operation.refuse('Output 1');
    if (operation.flag('storage_order') !== 0) operation.refuse('storage_order');
    return [pool(operation, 'maximum')];
  },
  AveragePool: (operation) => [pool(operation, 'average')],
  GlobalMaxPool: (operation) => [global(operation, (value, axes) => operation.build.reduce(value, axes, 'maximum' satisfies Reduction))],
  GlobalAveragePool: (operation) => [global(operation, (value, axes) => mean(operation.build, value, axes))],
};

function global(operation: Operation, reduce: (value: Value, axes: readonly number[]) => Value): Value {
  const value = operation.float(0);
  if (value.dims.length < 3) operation.refuse(`An image of ${value.dims.length - 2} dimensions`);
  return reduce(value, value.dims.map((_, axis) => axis).slice(2));
}

function pool(operation: Operation, by: PoolStep['by']): Value {
  const input = operation.float(0);
  const [batch = 1, channels = 1, ...image] = input.dims;
  const kernel = operation.integers('kernel_shape') ?? operation.require('kernel_shape');
  if (kernel.length !== image.length || kernel.some((extent) => !(extent >= 1))) operation.refuse(`kernel_shape [${kernel.slice(0, 8).join(', ')}]`);
  const ceil = operation.flag('ceil_mode') !== 0;
  const countsPadding = by === 'average' && operation.flag('count_include_pad') !== 0;
  const { from, to, strides, dilations, before, dims, kernel: extents } = windowsOf(operation, image, kernel, ceil);
  if (ceil && countsPadding) operation.refuse('count_include_pad beside ceil_mode');
  for (const axis of [0, 1, 2] as const) {
    // A first or last window with nothing of the image in it would have no value.
    const covered = (extents[axis] - 1) * dilations[axis] + 1;
    const last = (to[axis] - 1) * strides[axis] - before[axis];
    if (before[axis] >= covered || last >= from[axis]) operation.refuse('A window that is all padding');
    if (dilations[axis] > 1 && before[axis] > 0 && from[axis] < covered) operation.refuse('A dilated window larger than its image');
  }
  const planes = batch * channels;
  return operation.build.make([batch, channels, ...dims], 'float32', (target) => [
    { kind: 'pool', by, countsPadding, target, input, planes, from, to, kernel: extents, strides, dilations, padding: before },
  ]);
}
