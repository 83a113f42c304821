import { expect, it } from 'vitest';
import type { LogFields } from '../stdx/log.ts';
import { logLine } from './log.ts';

const now = new Date('2026-11-25T12:00:00Z');

it('writes its keys in one order, with a level', () => {
  expect(logLine(now, 'a message', { reason: 'r', job: 'j' })).toBe(
    '{"time":"2026-11-25T12:00:00.000Z","level":"warning","message":"a message","job":"j","reason":"r"}',
  );
  expect(JSON.parse(logLine(now, 'a message', { error: 'e' }))).toMatchObject({ level: 'error', error: 'e' });
  expect(JSON.parse(logLine(now, 'a message', { level: 'info' }))).toEqual({ time: now.toISOString(), level: 'info', message: 'a message' });
});

it('writes an error with where it came from', () => {
  const { error } = JSON.parse(logLine(now, 'a message', { error: new Error('broken') })) as { error: string };
  expect(error).toMatch(/^Error: broken\n\s+at /u);
});

it('leaves out what no key is for', () => {
  const fields = { secretAccessKey: 'shh', job: 'j', path: undefined } as LogFields;
  expect(Object.keys(JSON.parse(logLine(now, 'a message', fields)) as object)).toEqual(['time', 'level', 'message', 'job']);
});
