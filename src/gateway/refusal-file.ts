import { createHash } from 'node:crypto';
import type { PolicyText } from '../model/policy/refused-case.ts';
import type { Log } from '../stdx/log.ts';
import { type LinesOf, RecordFile, refusalRotation } from './record-file.ts';
import type { RefusalRecord } from './records.ts';

/** A document by the hash of its text, which has a line of its own in the same file. */
type StoredPolicy = Omit<PolicyText, 'text'> & { readonly textHash?: string };
type StoredRecord = Omit<RefusalRecord, 'refused'> & {
  readonly refused: Omit<RefusalRecord['refused'], 'policies'> & { readonly policies: readonly StoredPolicy[] };
};
interface StoredText {
  readonly textHash: string;
  readonly text: string;
}
type Line = StoredRecord | StoredText;

const isText = (line: Line): line is StoredText => 'text' in line;

/**
 * What policies refused, with the documents as they were then. A text is written once per file, before the first record
 * that needs it: every file can be read by itself, and a caller who is refused a thousand times fills none.
 */
export class RefusalFile {
  readonly #file: RecordFile<RefusalRecord>;

  constructor(path: string, log: Log, rotation = refusalRotation) {
    this.#file = new RecordFile(path, rotation, log, linesOf);
  }

  readonly write = (record: RefusalRecord): void => this.#file.write(record);

  /** Everything that one request was refused, in the order in which it was asked. */
  async find(requestId: string): Promise<RefusalRecord[]> {
    // Members of a record come before anything that a caller named, but the text may be within that, too.
    const member = `"requestId":${JSON.stringify(requestId)}`;
    const found: RefusalRecord[] = [];
    for await (const lines of this.#file.read()) {
      const records = recordsIn(
        lines,
        lines.filter((line) => !line.startsWith(textStart) && line.includes(member)),
      );
      found.unshift(...records.filter((record) => record.requestId === requestId));
    }
    return found;
  }

  /** The newest first. */
  async newest(count: number): Promise<RefusalRecord[]> {
    const found: RefusalRecord[] = [];
    for await (const lines of this.#file.read()) {
      if (found.length >= count) break;
      const records = lines.filter((line) => !line.startsWith(textStart)).slice(found.length - count);
      found.push(...recordsIn(lines, records).toReversed());
    }
    return found;
  }

  flush(): void {
    this.#file.flush();
  }

  clear(): void {
    this.#file.clear();
  }
}

const textStart = '{"textHash":';

const linesOf: LinesOf<RefusalRecord> = (record, inFile) => {
  const texts: string[] = [];
  const policies = record.refused.policies.map(({ text, ...policy }): StoredPolicy => {
    if (text === undefined) return policy;
    const textHash = createHash('sha256').update(text).digest('hex');
    if (!inFile.has(textHash)) texts.push(JSON.stringify({ textHash, text } satisfies StoredText));
    inFile.add(textHash);
    return { ...policy, textHash };
  });
  const stored: StoredRecord = { ...record, refused: { ...record.refused, policies } };
  return [...texts, JSON.stringify(stored)];
};

function recordsIn(lines: readonly string[], chosen: readonly string[]): RefusalRecord[] {
  if (chosen.length === 0) return [];
  const texts = new Map<string, string>();
  for (const line of lines) {
    const parsed = line.startsWith(textStart) ? (JSON.parse(line) as Line) : undefined;
    if (parsed !== undefined && isText(parsed)) texts.set(parsed.textHash, parsed.text);
  }
  return chosen.map((line) => withTexts(JSON.parse(line) as StoredRecord, texts));
}

function withTexts(record: StoredRecord, texts: ReadonlyMap<string, string>): RefusalRecord {
  const policies = record.refused.policies.map(({ textHash, ...policy }): PolicyText => {
    const text = textHash === undefined ? undefined : texts.get(textHash);
    return text === undefined ? policy : { ...policy, text };
  });
  return { ...record, refused: { ...record.refused, policies } };
}
