/** The slope of a line through the values by least squares: growth from one to the next. */
export function slopeOf(values: readonly number[]): number {
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const [middle, average] = [(values.length - 1) / 2, mean(values)];
  const [over, under] = values.reduce(([a, b], value, index) => [a + (index - middle) * (value - average), b + (index - middle) ** 2], [0, 0]);
  return under === 0 ? 0 : over / under;
}

/**
 * Whether values that were taken after equal amounts of work grow without end: their later half rises by more than `noise`
 * from each to the next, and no more slowly than before, as caches do that fill up.
 */
export function growsOn(values: readonly number[], noise: number): boolean {
  const half = Math.floor(values.length / 2);
  const [early, late] = [slopeOf(values.slice(0, half)), slopeOf(values.slice(-half))];
  return late > noise && late > early / 2;
}
