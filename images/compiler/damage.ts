/** For the fuzzers of the readers: a byte is another one, some are gone or twice, or a number is as large as it gets. */
export function damage(model: Buffer, below: (count: number) => number): Buffer {
  const bytes = Buffer.from(model);
  const at = below(bytes.length);
  const length = 1 + below(16);
  switch (below(5)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    case 3:
      return bytes.fill(0xff, at, Math.min(at + length, bytes.length));
    default:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
      return bytes;
  }
}
