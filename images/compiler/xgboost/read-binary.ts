import { ByteReader } from '../byte-reader.ts';
import { refuse } from '../input-error.ts';
import type { Forest, Tree } from './forest.ts';
import { baseMarginsOf, checkSizes } from './objective.ts';

/** Sizes of XGBoost's structs on disk: https://github.com/dmlc/xgboost, learner.cc, gbtree_model.h and tree_model.h of 1.7. */
const learnerBytes = 136;
const boosterBytes = 160;
const treeBytes = 148;
const nodeBytes = 20;
const statisticsBytes = 16;
const nameMax = 40;
const defaultLeftBit = 0x8000_0000;

/** The binary format that XGBoost wrote until 3.0, little endian, with or without its `binf` in front. */
export function readBinary(bytes: Uint8Array): Forest {
  const reader = new ByteReader(bytes, 'the binary model');
  if (reader.left >= 4 && reader.text(4) !== 'binf') reader.position = 0;
  const learner = learnerOf(reader);
  const objective = nameOf(reader, 'objective');
  const booster = nameOf(reader, 'booster');
  if (booster !== 'gbtree' && booster !== 'dart') refuse(`the booster ${JSON.stringify(booster)} is not made of trees`);
  checkSizes(learner.features, learner.outputs);
  const end = reader.position + boosterBytes;
  const count = reader.int32LE();
  if (count < 0 || count * treeBytes > reader.left) refuse(`the binary model says that it has ${count} trees`);
  reader.position = end;
  const shapes = Array.from({ length: count }, () => treeOf(reader));
  const outputs = Array.from({ length: count }, () => reader.int32LE());
  const weights = booster === 'dart' ? dartWeights(reader, count) : undefined;
  return {
    version: learner.version,
    features: learner.features,
    outputs: learner.outputs,
    objective,
    baseMargins: baseMarginsOf(objective, [learner.baseScore], learner.outputs),
    trees: shapes.map((tree, index) => ({ ...tree, output: outputs[index] ?? 0, leaves: scaled(tree.threshold, weights?.[index]) })),
  };
}

const scaled = (values: Float32Array, weight: number | undefined): Float32Array =>
  weight === undefined ? values : values.map((value) => value * weight);

interface Learner {
  readonly baseScore: number;
  readonly features: number;
  readonly outputs: number;
  readonly version: string;
}

function learnerOf(reader: ByteReader): Learner {
  const end = reader.position + learnerBytes;
  const baseScore = reader.float32LE();
  const features = reader.uint32LE();
  const classes = reader.int32LE();
  reader.take(8);
  const version = `${reader.uint32LE()}.${reader.uint32LE()}`;
  const targets = reader.uint32LE();
  reader.position = end;
  const outputs = Math.max(classes, targets, 1);
  return { baseScore, features, outputs, version };
}

function nameOf(reader: ByteReader, what: string): string {
  const [length, lengthAbove] = [reader.uint32LE(), reader.uint32LE()];
  const name = lengthAbove === 0 && length <= nameMax ? reader.text(length) : '';
  if (!/^[a-z:_]{3,}$/u.test(name)) refuse(`the file is no model of XGBoost: its ${what} has no name`);
  return name;
}

function treeOf(reader: ByteReader): Omit<Tree, 'output' | 'leaves'> {
  const end = reader.position + treeBytes;
  reader.take(4);
  const nodes = reader.int32LE();
  reader.take(12);
  if (reader.int32LE() > 1) refuse('the binary model has leaves that are vectors');
  reader.position = end;
  if (nodes < 1 || nodes * nodeBytes > reader.left) refuse(`the binary model says that a tree has ${nodes} nodes`);
  const [left, right, feature] = [new Int32Array(nodes), new Int32Array(nodes), new Int32Array(nodes)];
  const [threshold, defaultLeft] = [new Float32Array(nodes), new Uint8Array(nodes)];
  for (let node = 0; node < nodes; node += 1) {
    reader.take(4);
    left[node] = reader.int32LE();
    right[node] = reader.int32LE();
    const split = reader.uint32LE();
    feature[node] = split % defaultLeftBit;
    defaultLeft[node] = split >= defaultLeftBit ? 1 : 0;
    threshold[node] = reader.float32LE();
  }
  reader.take(nodes * statisticsBytes);
  return { left, right, feature, threshold, defaultLeft, categories: new Map() };
}

function dartWeights(reader: ByteReader, count: number): Float32Array {
  const found = reader.uint64LE();
  if (found !== count) refuse(`the model has ${count} trees and the weights of ${found}`);
  return Float32Array.from({ length: count }, () => reader.float32LE());
}
