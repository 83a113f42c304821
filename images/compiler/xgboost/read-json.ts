import { refuse } from '../input-error.ts';

/** A string, or one of the numbers that XGBoost writes and JSON does not have. */
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity|nan|inf)\b/gu;

/** Values become objects of eight bytes and more, whatever they say: counted before any is made. */
const valuesMax = 40_000_000;
const [comma, open] = Buffer.from(',[');

/** JSON with bare `NaN` and `Infinity`, which come out as strings of that name. */
export function readXgboostJson(bytes: Uint8Array): unknown {
  const values = bytes.reduce((count, byte) => (byte === comma || byte === open ? count + 1 : count), 0);
  if (values > valuesMax) refuse(`the JSON model has ${values} values; at most ${valuesMax} are compiled`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const plain = /NaN|Infinity|nan|inf/u.test(text)
    ? text.replaceAll(stringOrNumber, (found) => (found.startsWith('"') ? found : `"${found}"`))
    : text;
  try {
    return JSON.parse(plain);
  } catch (error) {
    return refuse(`the JSON model does not parse: ${(error as Error).message}`);
  }
}
