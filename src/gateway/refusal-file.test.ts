import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RefusalRecord } from './records.ts';
import { RefusalFile } from './refusal-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-refusals-'));
  path = join(folder, 'refusals.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const refusal = (requestId: string, texts: readonly (string | undefined)[], resource = 'arn:aws:s3:::b/k'): RefusalRecord => ({
  time: '2026-11-21T10:00:00.000Z',
  requestId,
  service: 's3',
  operation: 'GetObject',
  refused: {
    principal: { type: 'anonymous' },
    arrival: { kind: 'host', sourceIp: '127.0.0.1', secure: false },
    demand: { action: 's3:GetObject', resource },
    resourceOwner: '111122223333',
    requiresResourcePolicy: false,
    time: '2026-11-21T10:00:00.000Z',
    region: 'us-west-2',
    accountId: '111122223333',
    principalTags: {},
    policies: texts.map((text) => ({ kind: 'resource', name: 'arn:aws:s3:::b', ...(text === undefined ? {} : { text }) })),
  },
  decision: { verdict: 'deny', missing: 'resource', determining: [], message: 'Access Denied' },
});
const open = (bytes = 1_000_000): RefusalFile => new RefusalFile(path, () => undefined, { bytes, files: 2 });

it('gives back what was written, all of one request in order, also after a restart', async () => {
  const written = [refusal('a', ['{"x":1}', undefined]), refusal('b', ['{"x":1}']), refusal('a', ['{"x":2}'], 'arn:aws:s3:::b/other')];
  const file = open();
  for (const record of written) file.write(record);
  expect(await file.find('a')).toEqual([written[0], written[2]]);
  expect(await open().find('b')).toEqual([written[1]]);
  expect(await file.find('x')).toEqual([]);
});

it('writes a text once per file, and again in the next', async () => {
  const file = open(1);
  const count = (name: string): number => readFileSync(name, 'utf8').split('a long text').length - 1;
  for (const id of ['a', 'b']) file.write(refusal(id, ['a long text']));
  file.flush();
  expect(count(path)).toBe(1);
  file.write(refusal('c', ['a long text']));
  file.flush();
  expect([count(path), count(`${path}.1`)]).toEqual([1, 1]);
  expect((await file.find('b'))[0]?.refused.policies[0]?.text).toBe('a long text');
  expect((await file.find('c'))[0]?.refused.policies[0]?.text).toBe('a long text');
  file.clear();
  file.write(refusal('d', ['a long text']));
  expect((await file.find('d'))[0]?.refused.policies[0]?.text).toBe('a long text');
});

it('does not take a request for another whose names quote its id', async () => {
  const file = open();
  file.write(refusal('a', [], 'arn:aws:s3:::b/"requestId":"b"'));
  expect(await file.find('b')).toEqual([]);
});

it('lists the newest first, across files', async () => {
  const file = open(1);
  for (const id of ['a', 'b', 'c', 'd']) {
    file.write(refusal(id, [id]));
    file.flush();
  }
  const ids = async (count: number): Promise<string[]> => (await file.newest(count)).map(({ requestId }) => requestId);
  expect(await ids(2)).toEqual(['d', 'c']);
  expect(await ids(20)).toEqual(['d', 'c', 'b']);
});
