/**
 * Values as the examples of SageMaker Neo write them: JSON, or Python's dictionaries, lists and tuples with single quotes.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InputConfig.html
 */
export type Literal = string | number | boolean | null | readonly Literal[] | { readonly [key: string]: Literal };

const depthMax = 64;

/** Throws an Error that says where the text is neither. */
export function parseLiteral(text: string): Literal {
  try {
    return JSON.parse(text) as Literal;
  } catch {
    return new LiteralReader(text).whole();
  }
}

const words: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null, true: true, false: false, null: null };
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };

class LiteralReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Literal {
    const value = this.#value(0);
    if (this.#next() !== '') this.#refuse();
    return value;
  }

  /** What comes next after the space before it; empty at the end. */
  #next(): string {
    while (/\s/u.test(this.#text[this.#position] ?? '')) this.#position += 1;
    return this.#text[this.#position] ?? '';
  }

  #value(depth: number): Literal {
    if (depth > depthMax) this.#refuse();
    const start = this.#next();
    if (start === '{') return this.#dictionary(depth);
    if (start === '[') return this.#list(depth, ']');
    if (start === '(') return this.#list(depth, ')');
    if (start === "'" || start === '"') return this.#string(start);
    return this.#number() ?? this.#word();
  }

  #dictionary(depth: number): Literal {
    const entries: [string, Literal][] = [];
    this.#items('}', () => {
      const quote = this.#next();
      if (quote !== "'" && quote !== '"') this.#refuse();
      const key = this.#string(quote);
      if (this.#next() !== ':') this.#refuse();
      this.#position += 1;
      entries.push([key, this.#value(depth + 1)]);
    });
    return Object.fromEntries(entries);
  }

  #list(depth: number, end: string): Literal {
    const items: Literal[] = [];
    this.#items(end, () => items.push(this.#value(depth + 1)));
    return items;
  }

  /** What stands between a bracket and its end; a comma may stand before the end. */
  #items(end: string, read: () => void): void {
    this.#position += 1;
    while (this.#next() !== end) {
      read();
      const after = this.#next();
      if (after === ',') this.#position += 1;
      else if (after !== end) this.#refuse();
    }
    this.#position += 1;
  }

  #string(quote: string): string {
    let value = '';
    for (this.#position += 1; this.#text[this.#position] !== quote; this.#position += 1) {
      let character = this.#text[this.#position] ?? this.#refuse();
      if (character === '\n') this.#refuse();
      if (character === '\\') {
        this.#position += 1;
        character = escapes[this.#text[this.#position] ?? ''] ?? this.#refuse();
      }
      value += character;
    }
    this.#position += 1;
    return value;
  }

  #number(): number | undefined {
    const [found] = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/u.exec(this.#text.slice(this.#position, this.#position + 64)) ?? [];
    if (found === undefined) return undefined;
    this.#position += found.length;
    return Number(found);
  }

  #word(): boolean | null {
    const [found = ''] = /^[A-Za-z]+/u.exec(this.#text.slice(this.#position, this.#position + 16)) ?? [];
    if (!Object.hasOwn(words, found)) this.#refuse();
    this.#position += found.length;
    return words[found] ?? null;
  }

  #refuse(): never {
    const place = this.#position >= this.#text.length ? 'at its end' : `at character ${this.#position + 1}`;
    throw new Error(`neither JSON nor a Python literal ${place}`);
  }
}
