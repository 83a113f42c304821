import { refuse } from '../input-error.ts';

/** The numbers that XGBoost writes and JSON does not have. */
const bareNumber = /-?\b(?:NaN|Infinity|nan|inf)\b/gu;

/** Of the memory that values become, in numbers: counted before any is made. An object takes as much as eight of them. */
const valuesMax = 40_000_000;
const weights: Readonly<Record<string, number>> = { ',': 1, '[': 4, '{': 8, '"': 2 };
const weightOf = Uint8Array.from({ length: 256 }, (_, byte) => weights[String.fromCharCode(byte)] ?? 0);

/** JSON with bare `NaN` and `Infinity`, which come out as strings of that name. */
export function readXgboostJson(bytes: Uint8Array): unknown {
  let values = 0;
  for (const byte of bytes) values += weightOf[byte] ?? 0;
  if (values > valuesMax) refuse(`the JSON model takes as much memory as ${values} numbers; at most ${valuesMax} are compiled`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    return JSON.parse(/NaN|Infinity|nan|inf/u.test(text) ? withStrings(text) : text);
  } catch (error) {
    return refuse(`the JSON model does not parse: ${(error as Error).message}`);
  }
}

/** Bare numbers in quotes; what stands in quotes as it is. Each character is looked at once or twice, whatever the text. */
function withStrings(text: string): string {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const start = text.indexOf('"', at);
    const outside = text.slice(at, start < 0 ? undefined : start);
    pieces.push(outside.replaceAll(bareNumber, '"$&"'));
    if (start < 0) break;
    at = endOfString(text, start);
    pieces.push(text.slice(start, at));
  }
  return pieces.join('');
}

/** Behind the quote that ends the string; an escaped one has an odd number of backslashes in front. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
