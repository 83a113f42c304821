/** One order's work: how it is stopped, and whom it tells what it moved. */
export interface Transfer {
  readonly signal: AbortSignal;
  moved(objects: number, bytes: number): void;
}
