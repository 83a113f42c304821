import { sizeOf, type Step } from './network.ts';

/** About how many operations a step is: what it costs to interpret it. */
export function workOf(step: Step): number {
  switch (step.kind) {
    case 'map':
      return sizeOf(step.dims);
    case 'reduce':
      return sizeOf(step.dims) * sizeOf(step.over);
    case 'product':
      return sizeOf(step.batch) * step.rows * step.columns * step.depth;
    case 'convolution':
      return step.batch * step.filters * sizeOf(step.to) * sizeOf(step.kernel) * (step.channels / step.groups);
    case 'pool':
      return step.planes * sizeOf(step.to) * sizeOf(step.kernel);
  }
}
