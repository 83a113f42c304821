import type { BinnedRows } from './bins.ts';
import type { Parameters } from './configuration.ts';
import type { Group } from './peers.ts';

/** A node of a finished tree. A leaf has no children, and its value in `threshold`, as in XGBoost's format. */
export interface TreeNode {
  left: number;
  right: number;
  readonly parent: number;
  feature: number;
  threshold: number;
  missingGoesLeft: boolean;
  gain: number;
  readonly hessian: number;
  readonly weight: number;
}

export type Tree = readonly TreeNode[];

export const noNode = -1;

/** Sums of gradients, in multiples of `1 / scale`. */
interface Sums {
  readonly first: number;
  readonly second: number;
}

/** A node that is still growing: its rows on this instance, its sums over all instances. */
interface Growing extends Sums {
  readonly node: number;
  readonly rows: Int32Array;
  /** `[(feature * bins + bin) * 2]` and the next: sums over all instances. Empty where the tree is deep enough. */
  histogram: Float64Array;
}

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  readonly missingGoesLeft: boolean;
  readonly left: Sums;
}

const gainMin = 1e-6;

/** Grows one tree, level by level, in step with the other instances. */
export class TreeGrower {
  readonly #data: BinnedRows;
  readonly #features: number;
  readonly #parameters: Parameters;
  readonly #group: Group;
  readonly #scale: number;

  constructor(data: BinnedRows, parameters: Parameters, group: Group, scale: number) {
    this.#data = data;
    this.#features = data.cuts.length;
    this.#parameters = parameters;
    this.#group = group;
    this.#scale = scale;
  }

  /** `first[row]`, `second[row]`: the gradients of this tree's class. `onLeaf` is told the rows and value of each leaf. */
  async grow(first: Float64Array, second: Float64Array, onLeaf: (rows: Int32Array, value: number) => void): Promise<Tree> {
    const tree: TreeNode[] = [];
    const total = new Float64Array(2);
    for (let row = 0; row < first.length; row++) {
      total[0] = (total[0] ?? 0) + (first[row] ?? 0);
      total[1] = (total[1] ?? 0) + (second[row] ?? 0);
    }
    await this.#group.sum(total);
    const sums = { first: total[0] ?? 0, second: total[1] ?? 0 };
    const rows = Int32Array.from({ length: first.length }, (_, row) => row);
    const root: Growing = { ...sums, node: this.#add(tree, noNode, sums), rows, histogram: new Float64Array() };
    for (const histogram of await this.#histograms([root], first, second)) root.histogram = histogram;
    let level = [root];
    for (let depth = 1; level.length > 0; depth++) {
      const pairs: [Growing, Growing, Growing][] = [];
      for (const growing of level) {
        const split = this.#bestSplit(growing);
        if (split === undefined) this.#close(tree, growing, onLeaf);
        else pairs.push([growing, ...this.#divide(tree, growing, split)]);
      }
      const children = pairs.flatMap(([, left, right]) => [left, right]);
      if (depth === this.#parameters.maxDepth) {
        for (const child of children) this.#close(tree, child, onLeaf);
        break;
      }
      const ofLeft = await this.#histograms(
        pairs.map(([, left]) => left),
        first,
        second,
      );
      // What is not in the left child is in the right one; whole numbers make this exact.
      for (const [index, [parent, left, right]] of pairs.entries()) {
        left.histogram = ofLeft[index] ?? left.histogram;
        right.histogram = parent.histogram.map((value, i) => value - (left.histogram[i] ?? 0));
      }
      level = children;
    }
    return tree;
  }

  #weight(sums: Sums): number {
    return -sums.first / this.#scale / (sums.second / this.#scale + this.#parameters.lambda);
  }

  /** XGBoost's measure of how well one weight serves all these rows. */
  #worth(first: number, second: number): number {
    return (first / this.#scale) ** 2 / (second / this.#scale + this.#parameters.lambda);
  }

  #add(tree: TreeNode[], parent: number, sums: Sums): number {
    const hessian = Math.fround(sums.second / this.#scale);
    const weight = Math.fround(this.#weight(sums));
    return tree.push({ left: noNode, right: noNode, parent, feature: 0, threshold: 0, missingGoesLeft: false, gain: 0, hessian, weight }) - 1;
  }

  #close(tree: TreeNode[], { node, rows, ...sums }: Growing, onLeaf: (rows: Int32Array, value: number) => void): void {
    const leaf = tree[node];
    if (leaf === undefined) return;
    leaf.threshold = Math.fround(this.#parameters.eta * this.#weight(sums));
    onLeaf(rows, leaf.threshold);
  }

  /** The histograms of these nodes over the rows of all instances, by one exchange. */
  async #histograms(nodes: readonly Growing[], first: Float64Array, second: Float64Array): Promise<Float64Array[]> {
    const { bins, values } = this.#data;
    const features = this.#features;
    const size = features * bins * 2;
    const all = new Float64Array(nodes.length * size);
    for (const [index, { rows }] of nodes.entries()) {
      for (const row of rows) {
        const g = first[row] ?? 0;
        const h = second[row] ?? 0;
        for (let feature = 0; feature < features; feature++) {
          const at = index * size + (feature * bins + (values[row * features + feature] ?? 0)) * 2;
          all[at] = (all[at] ?? 0) + g;
          all[at + 1] = (all[at + 1] ?? 0) + h;
        }
      }
    }
    if (all.length > 0) await this.#group.sum(all);
    return nodes.map((_, index) => all.subarray(index * size, (index + 1) * size));
  }

  #bestSplit(growing: Growing): Split | undefined {
    const { bins, cuts } = this.#data;
    let best: Split | undefined;
    for (const [feature, { length }] of cuts.entries()) {
      const from = feature * bins;
      const missing = this.#sumsAt(growing, from + bins - 1);
      let first = 0;
      let second = 0;
      for (let bin = 0; bin < length; bin++) {
        const here = this.#sumsAt(growing, from + bin);
        first += here.first;
        second += here.second;
        for (const missingGoesLeft of missing.second > 0 ? [false, true] : [false]) {
          const left = missingGoesLeft ? { first: first + missing.first, second: second + missing.second } : { first, second };
          const gain = this.#gain(growing, left);
          if (gain > (best?.gain ?? gainMin)) best = { gain, feature, bin, missingGoesLeft, left };
        }
      }
    }
    return best;
  }

  #sumsAt({ histogram }: Growing, bin: number): Sums {
    return { first: histogram[bin * 2] ?? 0, second: histogram[bin * 2 + 1] ?? 0 };
  }

  /** What dividing the node so would gain; minus infinity where a side would be too light. */
  #gain(whole: Sums, left: Sums): number {
    const right = { first: whole.first - left.first, second: whole.second - left.second };
    const lightest = this.#parameters.minChildWeight * this.#scale;
    if (left.second < lightest || right.second < lightest) return Number.NEGATIVE_INFINITY;
    const apart = this.#worth(left.first, left.second) + this.#worth(right.first, right.second);
    return apart - this.#worth(whole.first, whole.second) - this.#parameters.gamma;
  }

  #divide(tree: TreeNode[], growing: Growing, split: Split): [Growing, Growing] {
    const node = tree[growing.node];
    const right = { first: growing.first - split.left.first, second: growing.second - split.left.second };
    const leftNode = this.#add(tree, growing.node, split.left);
    const rightNode = this.#add(tree, growing.node, right);
    if (node !== undefined) {
      node.left = leftNode;
      node.right = rightNode;
      node.feature = split.feature;
      node.threshold = this.#data.cuts[split.feature]?.[split.bin] ?? 0;
      node.missingGoesLeft = split.missingGoesLeft;
      node.gain = Math.fround(split.gain);
    }
    const { bins, values } = this.#data;
    const goesLeft = (row: number): boolean => {
      const bin = values[row * this.#features + split.feature] ?? 0;
      return bin === bins - 1 ? split.missingGoesLeft : bin <= split.bin;
    };
    const histogram = new Float64Array();
    return [
      { ...split.left, node: leftNode, rows: growing.rows.filter(goesLeft), histogram },
      { ...right, node: rightNode, rows: growing.rows.filter((row) => !goesLeft(row)), histogram },
    ];
  }
}

/** The value of the leaf that a row ends in: `x < threshold` goes left. */
export function leafValue(tree: Tree, values: Float32Array, from: number): number {
  let node = tree[0];
  while (node !== undefined && node.left !== noNode) {
    const value = values[from + node.feature] ?? Number.NaN;
    const left = Number.isNaN(value) ? node.missingGoesLeft : value < node.threshold;
    node = tree[left ? node.left : node.right];
  }
  return node?.threshold ?? 0;
}
