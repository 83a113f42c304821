import koffi from 'koffi';

/** Rows of floats at an address that does not change, as both libraries take them. */
export interface RowsMemory {
  readonly address: bigint;
  readonly count: number;
  readonly features: number;
}

export function placeRows(rows: Float32Array, features: number): RowsMemory {
  const pointer: unknown = koffi.alloc('float', rows.length);
  koffi.encode(pointer, koffi.array('float', rows.length), rows);
  return { address: koffi.address(pointer), count: rows.length / features, features };
}

export const rowBytes = ({ features }: RowsMemory): number => features * Float32Array.BYTES_PER_ELEMENT;

/** A library's prediction of `count` rows from `first` on: margins. What is needed for a call is made before it. */
export interface Predictor {
  prepare(rows: RowsMemory, first: number, count: number): () => void;
  /** What the last call found. */
  margins(count: number): Float32Array;
}
