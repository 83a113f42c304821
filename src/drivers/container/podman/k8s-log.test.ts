import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { beginLog, followLog, K8sLogParser, lineBytesMax, logFull } from './k8s-log.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-log-'));
  path = join(folder, 'container.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const raw = (text: string, tag = 'F', stream = 'stdout'): string => `2026-11-21T10:00:00.123456789+00:00 ${stream} ${tag} ${text}\n`;
const never = new AbortController().signal;

async function texts(fromLine: number, ended: Promise<unknown>): Promise<string[]> {
  const all: string[] = [];
  for await (const { text } of followLog(path, fromLine, ended, never)) all.push(text);
  return all;
}

it('joins the parts of a line, each stream for itself', () => {
  const parser = new K8sLogParser();
  expect(parser.push(raw('one ', 'P').trimEnd())).toBeUndefined();
  expect(parser.push(raw('error', 'F', 'stderr').trimEnd())).toMatchObject({ text: 'error', stream: 'stderr' });
  expect(parser.push(raw('line').trimEnd())).toEqual({ time: new Date('2026-11-21T10:00:00.123Z'), stream: 'stdout', text: 'oneline' });
});

it('gives a line without end in bounded pieces', () => {
  const parser = new K8sLogParser();
  const part = raw('x'.repeat(lineBytesMax), 'P').trimEnd();
  expect(parser.push(part)?.text).toHaveLength(lineBytesMax);
  expect(parser.rest()).toEqual([]);
});

it('reads from a position and keeps blank lines', async () => {
  writeFileSync(path, raw('zero') + raw('') + raw('two') + raw('unfinished', 'P'));
  expect(await texts(1, Promise.resolve())).toEqual(['', 'two', 'unfinished']);
});

it('follows what is written later, to the last line before the end', async () => {
  const ended = Promise.withResolvers<void>();
  const reading = texts(0, ended.promise);
  await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync(path, raw('first').slice(0, 40));
  appendFileSync(path, raw('first').slice(40));
  await new Promise((resolve) => setTimeout(resolve, 20));
  appendFileSync(path, raw('last'));
  ended.resolve();
  expect(await reading).toEqual(['first', 'last']);
});

it('ends when told, in the middle of the wait', async () => {
  const stopped = new AbortController();
  const lines = followLog(path, 0, Promise.withResolvers<void>().promise, stopped.signal);
  const next = lines.next();
  stopped.abort();
  expect((await next).done).toBe(true);
});

it('a log at its limit is read whole, and says that it is; what comes later is not there', async () => {
  await beginLog(path);
  appendFileSync(path, raw('one') + raw('two'));
  // As conmon does it.
  writeFileSync(`${path}.tmp`, raw('three'));
  renameSync(`${path}.tmp`, path);
  const never = Promise.withResolvers<void>().promise;
  expect(await texts(0, never)).toEqual(['one', 'two', logFull]);
  expect(await texts(2, never)).toEqual([logFull]);
  // A new daemon says it no second time.
  expect(await texts(3, never)).toEqual([]);
});
