import { identity, type Value } from '../network.ts';
import type { Lower, Operation } from '../operation.ts';
import { padded } from './padded.ts';
import { windowsOf } from './windows.ts';

export const convolution: Readonly<Record<string, Lower>> = { Conv: (operation) => [conv(operation)] };

function conv(operation: Operation): Value {
  const [input, weights, bias] = [operation.float(0), operation.float(1), operation.optionalFloat(2)];
  const groups = operation.integer('group', 1);
  const [batch = 1, channels = 1, ...image] = input.dims;
  const [filters = 1, perGroup = 1, ...kernel] = weights.dims;
  const said = operation.integers('kernel_shape') ?? kernel;
  if (kernel.length !== image.length || said.join() !== kernel.join() || !(groups >= 1) || channels !== perGroup * groups || filters % groups !== 0)
    operation.refuse(`Weights of the shape [${weights.dims.join(', ')}] in ${groups} groups, for an input of [${input.dims.join(', ')}],`);
  if (bias !== undefined && (bias.dims.length !== 1 || bias.dims[0] !== filters)) operation.refuse(`A bias of the shape [${bias.dims.join(', ')}]`);
  const { from, to, strides, dilations, before, after, dims, kernel: extents } = windowsOf(operation, image, kernel, false);
  const source = padded(operation.build, operation.build.view(input, [batch, channels, ...from]), [0, 0, ...before], [0, 0, ...after], 0);
  const [, , depth = 1, height = 1, width = 1] = source.dims;
  return operation.build.make([batch, filters, ...dims], 'float32', (target) => [
    {
      kind: 'convolution',
      target,
      input: source,
      weights,
      bias,
      batch,
      groups,
      channels,
      filters,
      from: [depth, height, width],
      to,
      kernel: extents,
      strides,
      dilations,
      after: identity,
    },
  ]);
}
