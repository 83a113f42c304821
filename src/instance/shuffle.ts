import { createHash } from 'node:crypto';

/** Whole numbers below 2^32, always the same for a text. The generator is sfc32, public domain. */
function numbersOf(text: string): () => number {
  const digest = createHash('sha256').update(text).digest();
  let [a, b, c, counter] = [0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset)) as [number, number, number, number];
  return () => {
    const result = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) + result;
    return result;
  };
}

/**
 * The order of one epoch. The same on every instance, so that shards of it are disjoint; another one in every epoch, so
 * that an instance gets other objects. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ShuffleConfig.html
 */
export function shuffled<T>(items: readonly T[], seed: number, epoch: number): T[] {
  const next = numbersOf(`${seed} ${epoch}`);
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = next() % (last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
