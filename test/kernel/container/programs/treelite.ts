/** Loads a compiled forest as Neo's runtime does, by the functions of Treelite 1.x, and prints what they say of rows: a process of its own, for it runs compiled code. */
import { readFileSync } from 'node:fs';
import koffi from 'koffi';

const [path = '', rowsPath = ''] = process.argv.slice(2);
const library = koffi.load(path);
const ask = (name: string, type: string): unknown => (library.func(name, type, []) as () => unknown)();
const [classes, features] = [Number(ask('get_num_class', 'size_t')), Number(ask('get_num_feature', 'size_t'))];
const rows = new Float32Array(Uint8Array.from(readFileSync(rowsPath)).buffer);
// Treelite marks a missing value by an entry of -1 as an integer.
const entries = new Int32Array(rows.buffer).map((bits, index) => (Number.isNaN(rows[index]) ? -1 : bits));
const margins: number[] = [];
for (let row = 0; row < rows.length / features; row += 1) {
  const entry = entries.slice(row * features, (row + 1) * features);
  if (classes > 1) {
    const out = new Float32Array(classes);
    (library.func('predict_multiclass', 'size_t', ['void *', 'int', 'void *']) as (...given: unknown[]) => unknown)(entry, 1, out);
    margins.push(...out);
  } else margins.push((library.func('predict', 'float', ['void *', 'int']) as (...given: unknown[]) => number)(entry, 1));
}
const said = ['get_pred_transform', 'get_threshold_type', 'get_leaf_output_type'].map((name) => ask(name, 'const char *'));
const numbers = ['get_sigmoid_alpha', 'get_global_bias'].map((name) => ask(name, 'float'));
process.stdout.write(JSON.stringify({ classes, features, said, numbers, margins: Buffer.from(Float32Array.from(margins).buffer).toString('hex') }));
