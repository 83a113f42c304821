import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditRotation, RecordFile } from './record-file.ts';
import type { AuditRecord } from './records.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const record = (requestId: string): AuditRecord => ({
  time: '2026-11-21T10:00:00.000Z',
  requestId,
  service: 'ec2',
  operation: 'DescribeVpcs',
  arrival: { kind: 'host', sourceIp: '127.0.0.1', secure: false },
  accessKeyId: 'AKIA',
  principal: 'arn:aws:iam::111122223333:root',
  resources: ['*'],
  status: 200,
  errorCode: undefined,
  durationMs: 1.5,
});
const idsIn = (name: string): string[] =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).requestId);

it('appends a line per request that only its owner may read', () => {
  const path = join(folder, 'logs', 'audit.jsonl');
  for (const id of ['a', 'b']) {
    const file = new RecordFile<AuditRecord>(path, auditRotation, () => {});
    file.write(record(id));
    file.flush();
  }
  expect(idsIn('logs/audit.jsonl')).toEqual(['a', 'b']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('keeps eight full files', () => {
  const path = join(folder, 'audit.jsonl');
  for (let index = 0; index < 12; index += 1) {
    const file = new RecordFile<AuditRecord>(path, auditRotation, () => {});
    file.write(record(String(index)));
    file.flush();
    // Sparse, so that the file is as long as a full one.
    if (index < 11) truncateSync(path, 17 * 1024 * 1024);
  }
  expect(readdirSync(folder).sort()).toEqual(['audit.jsonl', ...Array.from({ length: 8 }, (_, index) => `audit.jsonl.${index + 1}`)]);
  expect(idsIn('audit.jsonl')).toEqual(['11']);
});

it('says in the log that it cannot write, and goes on', () => {
  const logged: string[] = [];
  const path = join(folder, 'audit.jsonl');
  const file = new RecordFile<AuditRecord>(path, auditRotation, (message) => logged.push(message));
  rmSync(folder, { recursive: true });
  file.write(record('a'));
  file.flush();
  expect(logged).toEqual(['a record could not be written']);
  folder = mkdtempSync(join(tmpdir(), 'cloister-audit-'));
});

it('is read file by file, the newest first', async () => {
  const path = join(folder, 'audit.jsonl');
  const file = new RecordFile<AuditRecord>(path, { bytes: 1, files: 2 }, () => {});
  for (const id of ['a', 'b', 'c', 'd']) {
    file.write(record(id));
    file.flush();
  }
  const ids: string[][] = [];
  for await (const lines of file.read()) ids.push(lines.map((line) => JSON.parse(line).requestId));
  // Two full files are kept.
  expect(ids).toEqual([['d'], ['c'], ['b']]);
});
