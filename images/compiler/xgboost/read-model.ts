import { refuse } from '../input-error.ts';
import { categoryMax, isLeaf, noNode, nodesMax, refuseNodes, widthOf, type Forest, type Tree } from './forest.ts';
import { readBinary } from './read-binary.ts';
import { readDocument } from './read-document.ts';
import { readXgboostJson } from './read-json.ts';
import { isUbjson, readUbjson } from './read-ubjson.ts';

const pickleStart = 0x80;
const pickleProtocolMax = 5;

/** An XGBoost model in any of its formats, checked: every child is there, no node is reached twice. Throws `InputError`. */
export function readModel(bytes: Uint8Array): Forest {
  const forest = parse(bytes);
  check(forest);
  return forest;
}

function parse(bytes: Uint8Array): Forest {
  const [first, second = 0] = bytes;
  if (first === pickleStart && second <= pickleProtocolMax) refuse('the file is a Python pickle');
  if (first !== '{'.charCodeAt(0)) return readBinary(bytes);
  return readDocument(isUbjson(bytes) ? readUbjson(bytes) : readXgboostJson(bytes));
}

function check({ features, outputs, trees }: Forest): void {
  const nodes = trees.reduce((sum, { left }) => sum + left.length, 0);
  if (nodes > nodesMax) refuseNodes(nodes);
  trees.forEach((tree, index) => checkTree(tree, `tree ${index}`, features, outputs));
}

function checkTree(tree: Tree, name: string, features: number, outputs: number): void {
  const nodes = tree.left.length;
  if (nodes === 0) refuse(`${name} has no node`);
  if (tree.output !== undefined && (tree.output < 0 || tree.output >= outputs)) refuse(`${name} is of output ${tree.output}; there are ${outputs}`);
  if (tree.leaves.length !== nodes * widthOf(tree, outputs)) refuse(`${name} has leaves of another width than the model has outputs`);
  const seen = new Uint8Array(nodes);
  const waiting = [0];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen[node] === 1) refuse(`${name} reaches node ${node} twice`);
    seen[node] = 1;
    if (isLeaf(tree, node)) continue;
    const feature = tree.feature[node] ?? noNode;
    if (feature < 0 || feature >= features) refuse(`${name} splits on feature ${feature}; there are ${features}`);
    for (const child of [tree.left[node] ?? noNode, tree.right[node] ?? noNode]) {
      if (child <= 0 || child >= nodes) refuse(`${name} has no node ${child}`);
      waiting.push(child);
    }
  }
  for (const [node, categories] of tree.categories) {
    if (node < 0 || node >= nodes) refuse(`${name} has no node ${node}`);
    for (const category of categories) if (category < 0 || category >= categoryMax) refuse(`${name} has the category ${category}`);
  }
}
