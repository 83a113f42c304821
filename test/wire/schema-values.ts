import { Readable } from 'node:stream';
import type { Member, Structure } from '../../src/aws/shape.ts';

/** A number that is the same for the same text, to give each operation random values of its own. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 16_777_619);
  return hash;
}

const texts = ['abc', 'a b', 'x&y<z>"q"', 'é日本', 'a+b%20c', "it's", 'a/b', 'A1', ' padded ', '\ttab\nline', '__proto__', '𝒳😀'];
const headerTexts = ['abc', 'A1', 'x-y', 'a b', '"quoted"'];

/** Random values for shapes. `rich` structures hold more of their members; depth is bounded because shapes recurse. */
export class SchemaValues {
  readonly #next: () => number;

  constructor(next: () => number) {
    this.#next = next;
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#next() * items.length)] as T;
  }

  structure(shape: Structure, depth = 5): Record<string, unknown> {
    // Required members of recursive shapes would never end.
    if (depth < -8) return {};
    const chosen = this.#chosen(shape, depth);
    const entries = chosen.map((member) => [member.name, this.#member(member, depth - 1, false)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }

  #chosen(shape: Structure, depth: number): readonly Member[] {
    const possible = shape.members.filter(({ traits, shape: inner }) => {
      const isEventStream = traits.streaming === 1 && inner.kind === 'structure';
      return !isEventStream && traits.httpResponseCode !== 1;
    });
    const first = possible.find(isSimple) ?? possible[0];
    if (first === undefined) return [];
    if (shape.form === 'union') return [depth <= 0 ? first : this.pick(possible)];
    const probability = depth <= 0 ? 0 : depth > 4 ? 0.9 : 0.5;
    const chosen = possible.filter(({ required, shape: inner }) => required || inner.kind === 'stream' || this.#next() < probability);
    return chosen.length === 0 ? [first] : chosen;
  }

  #member(member: Member, depth: number, inHeader: boolean): unknown {
    const { shape, traits } = member;
    const header = inHeader || traits.httpHeader !== undefined || traits.httpPrefixHeaders !== undefined;
    const count = 1 + Math.floor(this.#next() * 2);
    switch (shape.kind) {
      case 'structure':
        return this.structure(shape, depth);
      case 'list':
        return Array.from({ length: count }, () => this.#member(shape.item, depth - 1, header));
      case 'map': {
        const key = (index: number): string => (header ? `k${index}` : `${this.pick(texts)}${index}`);
        return Object.fromEntries(Array.from({ length: count }, (_, index) => [key(index), this.#member(shape.value, depth - 1, header)]));
      }
      case 'string':
        return traits.mediaType === undefined ? this.pick(header ? headerTexts : texts) : '{"a":1}';
      case 'number':
      case 'bigdecimal':
        return Math.floor(this.#next() * 1000);
      case 'boolean':
        return this.#next() < 0.5;
      case 'bigint':
        return 5n;
      case 'timestamp':
        return new Date(Math.floor(1.6e9 + this.#next() * 1e8) * 1000);
      case 'blob':
        return new Uint8Array([1, 2, 255]);
      case 'stream':
        return Readable.from([Buffer.from('streamed')]);
      case 'document':
        return { a: [1, 'x', null, { b: true }] };
    }
  }
}

const isSimple = ({ shape }: Member): boolean => !['structure', 'list', 'map', 'stream'].includes(shape.kind);
