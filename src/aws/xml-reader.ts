import { AwsError } from './aws-error.ts';

/** S3's own bodies are at most a policy or a filter deep. */
const depthLimit = 32;
/** CompleteMultipartUpload with 10,000 parts of nine elements each. */
const elementLimit = 100_000;
const attributeLimit = 16;

export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const malformed = (): AwsError =>
  new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');

/**
 * The root element of a small document, for the bodies of S3 requests. Not a general parser: a DOCTYPE is refused, no
 * entity is known but XML's own five, and depth and size are bounded. Throws `MalformedXML`.
 */
export function parseXml(body: Uint8Array): XmlElement {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw malformed();
  }
  return new XmlParser(text).document();
}

interface OpenElement {
  readonly qualifiedName: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const nameAt = /[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/y;
const attributeAt = /\s+([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEndAt = /\s*(\/?)>/y;
const closeEndAt = /\s*>/y;
// oxlint-disable-next-line no-control-regex
const notCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

class XmlParser {
  readonly #text: string;
  #position = 0;
  readonly #open: OpenElement[] = [];
  #root: XmlElement | undefined;
  #elements = 0;

  constructor(text: string) {
    if (notCharacter.test(text)) throw malformed();
    this.#text = text;
  }

  document(): XmlElement {
    this.#match(/\s*<\?xml\s[^?]*\?>/y);
    while (this.#position < this.#text.length) this.#next();
    if (this.#root === undefined || this.#open.length > 0) throw malformed();
    return this.#root;
  }

  #next(): void {
    if (this.#text[this.#position] !== '<') this.#characters();
    else if (this.#text.startsWith('<!--', this.#position)) this.#skip('<!--', '-->');
    else if (this.#text.startsWith('<![CDATA[', this.#position)) this.#append(this.#skip('<![CDATA[', ']]>'));
    else if (this.#text.startsWith('</', this.#position)) this.#closeTag();
    // What is left begins an element, or is a DOCTYPE or a processing instruction, which no name matches.
    else this.#openTag();
  }

  #characters(): void {
    const next = this.#text.indexOf('<', this.#position);
    const end = next < 0 ? this.#text.length : next;
    const raw = this.#text.slice(this.#position, end);
    if (raw.includes(']]>')) throw malformed();
    this.#position = end;
    this.#append(expand(raw.replaceAll('\r\n', '\n').replaceAll('\r', '\n')));
  }

  #append(text: string): void {
    const open = this.#open.at(-1);
    if (open !== undefined) open.text += text;
    else if (text.trim() !== '') throw malformed();
  }

  #skip(opening: string, closing: string): string {
    const start = this.#position + opening.length;
    const end = this.#text.indexOf(closing, start);
    if (end < 0) throw malformed();
    this.#position = end + closing.length;
    return this.#text.slice(start, end);
  }

  #openTag(): void {
    this.#position += 1;
    const qualifiedName = this.#match(nameAt)?.[0];
    this.#elements += 1;
    if (qualifiedName === undefined || this.#elements > elementLimit || this.#open.length >= depthLimit) throw malformed();
    const attributes = this.#attributes();
    const end = this.#match(tagEndAt);
    if (end === undefined) throw malformed();
    this.#open.push({ qualifiedName, attributes, children: [], text: '' });
    if (end[1] === '/') this.#close(qualifiedName);
  }

  #attributes(): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>();
    for (let found = this.#match(attributeAt); found !== undefined; found = this.#match(attributeAt)) {
      const name = found[1] ?? '';
      if (attributes.has(name) || attributes.size >= attributeLimit) throw malformed();
      attributes.set(name, expand(found[2] ?? found[3] ?? ''));
    }
    return attributes;
  }

  #closeTag(): void {
    this.#position += 2;
    const name = this.#match(nameAt)?.[0];
    if (name === undefined || this.#match(closeEndAt) === undefined) throw malformed();
    this.#close(name);
  }

  #close(name: string): void {
    const open = this.#open.pop();
    if (open?.qualifiedName !== name) throw malformed();
    const { attributes, children, text } = open;
    const element = { name: name.slice(name.indexOf(':') + 1), attributes, children, text };
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.children.push(element);
    else if (this.#root === undefined) this.#root = element;
    else throw malformed();
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#position = pattern.lastIndex;
    return found;
  }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function expand(text: string): string {
  if (!text.includes('&')) return text;
  const expanded = text.replaceAll(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|[a-z]+);|&/g, (_whole, reference: string | undefined) => {
    const character = reference === undefined ? undefined : reference.startsWith('#') ? numeric(reference) : entities[reference];
    if (character === undefined) throw malformed();
    return character;
  });
  return expanded;
}

function numeric(reference: string): string | undefined {
  const code = reference[1] === 'x' ? Number.parseInt(reference.slice(2), 16) : Number.parseInt(reference.slice(1), 10);
  const valid = code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0x10ffff);
  return valid ? String.fromCodePoint(code) : undefined;
}

export { malformed as malformedXml };
