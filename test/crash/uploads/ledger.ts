import { createHash } from 'node:crypto';
import { present } from '../../../src/stdx/assert.ts';
import { bytesOf } from '../../fixtures/bytes.ts';

/** What a client sent in one body, or in the bodies of its parts: made from numbers, so that nobody keeps the bytes. */
export interface Content {
  readonly parts: readonly { readonly number: number; readonly size: number }[];
}

export const bytesOfContent = ({ parts }: Content): Buffer => Buffer.concat(parts.map(({ number, size }) => bytesOf(number, size)));
export const digestOfBytes = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The digest of a whole object's bytes; `absent` where there is no object. */
export type Fate = string;
export const absent: Fate = 'absent';
const fates = new WeakMap<Content, Fate>();

export function fateOf(content: Content | undefined): Fate {
  if (content === undefined) return absent;
  const fate = fates.get(content) ?? digestOfBytes(bytesOfContent(content));
  fates.set(content, fate);
  return fate;
}

/** One call that would give a key its content, or take it away. */
export interface Attempt {
  readonly key: string;
  readonly content: Content | undefined;
  readonly startedAt: number;
  acknowledgedAt: number | undefined;
}

/** A part that was acknowledged is as durable as an object. */
export interface OpenUpload {
  readonly uploadId: string;
  readonly key: string;
  /** By part number. */
  readonly parts: Map<number, Content['parts'][number]>;
  /** Its completion was asked for: it may be an object by now. */
  isCompleting: boolean;
}

/**
 * What the clients were told. An acknowledged call has happened; a call without an answer may have happened, wholly, or
 * not at all; of calls that overlapped, either may be the last.
 */
export class Ledger {
  /** Keys that somebody wrote to, or would have: nothing else may be there. */
  readonly keys = new Set<string>();
  readonly uploads = new Map<string, OpenUpload>();
  readonly #attempts = new Map<string, Attempt[]>();
  #now = 0;
  acknowledged = 0;

  start(key: string, content: Content | undefined): Attempt {
    const attempt: Attempt = { key, content, startedAt: (this.#now += 1), acknowledgedAt: undefined };
    this.keys.add(key);
    this.#attempts.set(key, [...(this.#attempts.get(key) ?? []), attempt]);
    return attempt;
  }

  acknowledge(attempt: Attempt): void {
    attempt.acknowledgedAt = this.#now += 1;
    this.acknowledged += 1;
  }

  /** Everything that a key may be now. */
  possible(key: string): Fate[] {
    const nothingYet: Attempt = { key, content: undefined, startedAt: -1, acknowledgedAt: 0 };
    const attempts = [nothingYet, ...(this.#attempts.get(key) ?? [])];
    const lastStart = Math.max(...attempts.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined).map(({ startedAt }) => startedAt));
    // An acknowledged call is over when another begins after it, and that one is acknowledged too.
    return attempts.filter(({ acknowledgedAt }) => acknowledgedAt === undefined || acknowledgedAt > lastStart).map(({ content }) => fateOf(content));
  }

  /** What a key was found to be is what it is from here on. */
  settle(key: string, fate: Fate): void {
    const found = (this.#attempts.get(key) ?? []).find(({ content }) => fateOf(content) === fate);
    if (fate !== absent) present(found, `${key} was written by somebody`);
    this.#attempts.set(key, []);
    this.acknowledge(this.start(key, fate === absent ? undefined : found?.content));
    this.acknowledged -= 1;
  }
}
