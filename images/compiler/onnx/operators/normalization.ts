import { call, number, read, whole, type Value } from '../network.ts';
import { perChannel, type NetworkBuilder } from '../network-builder.ts';
import type { Lower, Operation } from '../operation.ts';
import { mean } from './reductions.ts';

const epsilonOf = (operation: Operation): number => operation.number('epsilon', Math.fround(1e-5));

export const normalization: Readonly<Record<string, Lower>> = {
  BatchNormalization: (operation) => [batchNormalization(operation)],
  InstanceNormalization: (operation) => [instanceNormalization(operation)],
  LayerNormalization: (operation) => layerNormalization(operation),
  Dropout: (operation) => {
    if (operation.outputs > 1) operation.refuse('Output 1');
    refuseOldTraining(operation);
    // Seed and ratio mean nothing outside of training.
    if (operation.inputs[1] !== undefined) operation.any(1);
    operation.integer('seed');
    operation.number('ratio', 0.5);
    const training = operation.inputs[2] === undefined ? undefined : operation.any(2);
    if (training !== undefined && (training.constant === undefined || training.constant.some((one) => one !== 0))) operation.refuse('training_mode');
    return [operation.float(0)];
  },
};

/** Before operator set 7 there was training unless an attribute said otherwise. */
function refuseOldTraining(operation: Operation): void {
  if (operation.version < 7 && operation.flag('is_test') !== 1) operation.refuse('is_test 0');
}

/** x * a + b, with a and b of each channel; both are constants when the parameters are. */
function batchNormalization(operation: Operation): Value {
  const { build } = operation;
  refuseOldTraining(operation);
  if (operation.outputs > 1 || operation.flag('training_mode') !== 0) operation.refuse('training_mode');
  if (operation.flag('spatial', 1) !== 1) operation.refuse('spatial');
  operation.number('momentum', Math.fround(0.9));
  const value = operation.float(0);
  const [scale, shift, average, variance] = [1, 2, 3, 4].map((index) => operation.float(index)) as [Value, Value, Value, Value];
  for (const { dims } of [scale, shift, average, variance])
    if (value.dims.length < 2 || dims.length !== 1 || dims[0] !== value.dims[1]) operation.refuse(`A parameter of the shape [${dims.join(', ')}]`);
  const factor = build.elementwise(
    [scale, variance],
    call('divide', read(0), call('squareRoot', call('add', read(1), number(epsilonOf(operation))))),
  );
  const added = build.elementwise([shift, average, factor], call('subtract', read(0), call('multiply', read(1), read(2))));
  return scaled(build, value, factor, added);
}

function scaled(build: NetworkBuilder, value: Value, factor: Value, added: Value): Value {
  const rank = value.dims.length;
  const reads = [whole(value), perChannel(factor, rank), perChannel(added, rank)];
  return build.map(value.dims, reads, call('add', call('multiply', read(0), read(1)), read(2)));
}

function instanceNormalization(operation: Operation): Value {
  const { build } = operation;
  const [value, scale, shift] = [operation.float(0), operation.float(1), operation.float(2)];
  const rank = value.dims.length;
  for (const { dims } of [scale, shift])
    if (rank < 3 || dims.length !== 1 || dims[0] !== value.dims[1]) operation.refuse(`A parameter of the shape [${dims.join(', ')}]`);
  const { normal } = normalized(build, value, value.dims.map((_, axis) => axis).slice(2), epsilonOf(operation));
  return scaled(build, normal, scale, shift);
}

function normalized(build: NetworkBuilder, value: Value, axes: readonly number[], epsilon: number) {
  const average = mean(build, value, axes);
  const centred = build.elementwise([value, average], call('subtract', read(0), read(1)));
  const variance = mean(build, build.elementwise([centred], call('multiply', read(0), read(0))), axes);
  const inverse = build.elementwise([variance], call('divide', number(1), call('squareRoot', call('add', read(0), number(epsilon)))));
  return { normal: build.elementwise([centred, inverse], call('multiply', read(0), read(1))), average, inverse };
}

function layerNormalization(operation: Operation): readonly Value[] {
  const { build } = operation;
  const [value, scale, shift] = [operation.float(0), operation.float(1), operation.optionalFloat(2)];
  if (operation.integer('stash_type', 1) !== 1) operation.refuse('stash_type');
  const axis = operation.axis(operation.integer('axis', -1), value.dims.length);
  const axes = value.dims.map((_, index) => index).slice(axis);
  const { normal, average, inverse } = normalized(build, value, axes, epsilonOf(operation));
  const factored = build.elementwise([normal, scale], call('multiply', read(0), read(1)));
  const result = shift === undefined ? factored : build.elementwise([factored, shift], call('add', read(0), read(1)));
  if (result.dims.join() !== value.dims.join()) operation.refuse(`Scale of the shape [${scale.dims.join(', ')}]`);
  return [result, average, inverse];
}
