import { refuse } from '../input-error.ts';

/** What an XGBoost model computes, whatever file it came in. */
export interface Forest {
  /** The XGBoost that wrote it: `3.2.0`; empty when the file does not say. */
  readonly version: string;
  readonly features: number;
  /** Numbers per row before the objective's transformation: classes, targets, or 1. */
  readonly outputs: number;
  readonly objective: string;
  /** What each output starts from, in margin space, as float32. */
  readonly baseMargins: Float32Array;
  readonly trees: readonly Tree[];
}

/** Nodes by number; 0 is the root. A leaf has no children (`noNode`). */
export interface Tree {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Int32Array;
  /** `x < threshold` goes left. */
  readonly threshold: Float32Array;
  /** Where a missing value goes. */
  readonly defaultLeft: Uint8Array;
  /** By node: the categories that go right; every other one, and every one unknown, goes left. */
  readonly categories: ReadonlyMap<number, ReadonlySet<number>>;
  /** The output that a leaf is added to; undefined when a leaf holds a number for each. */
  readonly output: number | undefined;
  /** `width` numbers for each node (1, or one per output); of inner nodes they mean nothing. */
  readonly leaves: Float32Array;
}

export const noNode = -1;

/** What is compiled is a table in memory and in the artefact. */
export const nodesMax = 4_000_000;
export const refuseNodes = (nodes: number): never => refuse(`the model has at least ${nodes} nodes; at most ${nodesMax} are compiled`);

/** XGBoost takes a category as an int when the float is below 2^24: https://github.com/dmlc/xgboost, common/categorical.h. */
export const categoryMax = 2 ** 24;

export const isLeaf = ({ left }: Tree, node: number): boolean => left[node] === noNode;
export const widthOf = ({ output }: Tree, outputs: number): number => (output === undefined ? outputs : 1);
