import { random } from '../random.ts';
import { model, node, tensor, valueInfo } from './model-writer.ts';

/** Networks of the size that people use for handwritten digits (28 × 28, ten classes). For tests and the benchmark. */
const seed = 28_280_010;

function weights(next: Generator<number, never>, name: string, dims: readonly number[]): Buffer {
  const size = dims.reduce((product, dimension) => product * dimension, 1);
  // As networks begin their training: the spread of a sum stays that of its terms.
  const scale = Math.sqrt(6 / Math.max(1, size / (dims.length === 2 ? (dims[1] ?? 1) : (dims[0] ?? 1))));
  return tensor(
    name,
    dims,
    Float32Array.from({ length: size }, () => (next.next().value * 2 - 1) * (dims.length === 1 ? 0.1 : scale)),
  );
}

/** 784-256-128-10. */
export function perceptron(batch = 1): Buffer {
  const next = random(seed);
  const layers = [784, 256, 128, 10];
  const parts = layers.slice(1).map((columns, index) => {
    const [from, to] = [index === 0 ? 'image' : `a${index}`, index === 2 ? 'scores' : `s${index + 1}`];
    const nodes = [node('Gemm', [from, `w${index}`, `b${index}`], [to])];
    if (index < 2) nodes.push(node('Relu', [to], [`a${index + 1}`]));
    return { nodes, tensors: [weights(next, `w${index}`, [layers[index] ?? 1, columns]), weights(next, `b${index}`, [columns])] };
  });
  return model({
    nodes: [...parts.flatMap(({ nodes }) => nodes), node('Softmax', ['scores'], ['digit'], { axis: 1 })],
    tensors: parts.flatMap(({ tensors }) => tensors),
    inputs: [valueInfo('image', [batch, 784])],
    outputs: [valueInfo('digit', [batch, 10])],
  });
}

/** Two convolutions with batch normalisation and pooling, then two layers; the shapes as exporters write them. */
export function convolutional(batch = 1): Buffer {
  const next = random(seed + 1);
  const normal = (index: number, channels: number): readonly Buffer[] => [
    ...['scale', 'shift', 'mean'].map((name) => weights(next, `${name}${index}`, [channels])),
    tensor(
      `variance${index}`,
      [channels],
      Float32Array.from({ length: channels }, () => 0.5 + next.next().value),
    ),
  ];
  const convolved = (index: number, from: string): readonly Buffer[] => [
    node('Conv', [from, `k${index}`], [`c${index}`], { kernel_shape: [5, 5], pads: [2, 2, 2, 2], strides: [1, 1] }),
    node('BatchNormalization', [`c${index}`, `scale${index}`, `shift${index}`, `mean${index}`, `variance${index}`], [`n${index}`]),
    node('Relu', [`n${index}`], [`r${index}`]),
    node('MaxPool', [`r${index}`], [`p${index}`], { kernel_shape: [2, 2], strides: [2, 2] }),
  ];
  return model({
    nodes: [
      ...convolved(1, 'image'),
      ...convolved(2, 'p1'),
      node('Flatten', ['p2'], ['flat']),
      node('Gemm', ['flat', 'w1', 'b1'], ['s1'], { transB: 1 }),
      node('Relu', ['s1'], ['a1']),
      node('Gemm', ['a1', 'w2', 'b2'], ['scores'], { transB: 1 }),
      node('Softmax', ['scores'], ['digit'], { axis: 1 }),
    ],
    tensors: [
      weights(next, 'k1', [16, 1, 5, 5]),
      weights(next, 'k2', [32, 16, 5, 5]),
      ...normal(1, 16),
      ...normal(2, 32),
      weights(next, 'w1', [128, 1568]),
      weights(next, 'b1', [128]),
      weights(next, 'w2', [10, 128]),
      weights(next, 'b2', [10]),
    ],
    inputs: [valueInfo('image', [batch, 1, 28, 28])],
    outputs: [valueInfo('digit', [batch, 10])],
  });
}

/** Strokes and noise in the place and the brightness of a digit. */
export function digitImages(count: number): Float32Array {
  const next = random(seed + 2);
  const draw = (): number => next.next().value;
  const images = new Float32Array(count * 784);
  for (let image = 0; image < count; image += 1) {
    for (let stroke = 0; stroke < 4; stroke += 1) {
      let [x, y, dx, dy] = [4 + draw() * 20, 4 + draw() * 20, draw() * 2 - 1, draw() * 2 - 1];
      for (let step = 0; step < 14; step += 1) {
        const place = image * 784 + Math.floor(y) * 28 + Math.floor(x);
        images[place] = 1;
        images[place + 1] = Math.max(images[place + 1] ?? 0, 0.6);
        dx = Math.max(-1, Math.min(1, dx + (draw() - 0.5) * 0.6));
        dy = Math.max(-1, Math.min(1, dy + (draw() - 0.5) * 0.6));
        x = Math.max(2, Math.min(25, x + dx));
        y = Math.max(2, Math.min(25, y + dy));
      }
    }
    for (let pixel = 0; pixel < 784; pixel += 1) {
      const at = image * 784 + pixel;
      images[at] = Math.min(1, (images[at] ?? 0) + draw() * 0.02);
    }
  }
  return images;
}
