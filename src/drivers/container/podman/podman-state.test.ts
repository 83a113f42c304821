import { expect, it } from 'vitest';
import { stateOf, type InspectedContainer } from './podman-state.ts';

const inspected = (Status: string, change: Partial<InspectedContainer['State']> = {}): InspectedContainer => ({
  Id: 'abc',
  Name: 'job.algo-1',
  State: { Status, ExitCode: 0, StartedAt: '2026-11-21T10:00:00.5Z', FinishedAt: '0001-01-01T00:00:00Z', ...change },
  Config: { Labels: { 'cloister.job': 'job', 'io.buildah.version': '1' } },
  HostConfig: { LogConfig: { Path: '/log' } },
});

it.each([
  ['configured', 'created'],
  ['created', 'created'],
  ['initialized', 'created'],
  ['running', 'running'],
  ['paused', 'running'],
  ['stopping', 'running'],
  ['stopped', 'exited'],
  ['exited', 'exited'],
])('takes %s for %s', (status, expected) => {
  expect(stateOf(inspected(status), 'cloister').status).toBe(expected);
});

it('shows our labels only, without the prefix', () => {
  expect(stateOf(inspected('running'), 'cloister').labels).toEqual({ job: 'job' });
});

it('has an exit code and an end only when it ended, and never one before the start', () => {
  expect(stateOf(inspected('running'), 'cloister')).not.toHaveProperty('exitCode');
  const ended = stateOf(inspected('exited', { ExitCode: 3, FinishedAt: '2026-11-21T10:00:00.496Z' }), 'cloister');
  expect(ended).toMatchObject({ exitCode: 3, finishedAt: ended.startedAt });
});

it('has no start before it started', () => {
  expect(stateOf(inspected('created', { StartedAt: '0001-01-01T00:00:00Z' }), 'cloister')).not.toHaveProperty('startedAt');
});

it('knows every state there is', () => {
  expect(() => stateOf(inspected('levitating'), 'cloister')).toThrow(/levitating/);
});
