import { expect, it } from 'vitest';
import { ProcessError, run } from './process.ts';

it('tells no values of environment variables', () => {
  const error = new ProcessError(['podman', 'create', '--env', 'TOKEN=s3cr=et\nmore', 'image'], 125, 'no such image\n');
  expect(error.message).toBe('podman create --env TOKEN=… image: exit code 125: no such image');
  expect(error.stack).not.toContain('s3cr');
});

const failure = async (...argv: [string, ...string[]]): Promise<ProcessError> =>
  await run(argv, { timeoutMs: 200 }).then(
    () => expect.unreachable('it fails'),
    (error: unknown) => {
      if (error instanceof ProcessError) return error;
      throw error;
    },
  );

it('keeps the end of what a program says of itself, however much that is', async () => {
  const { exitCode, stderr } = await run(['sh', '-c', 'yes much | head -c 1000000 >&2; printf last >&2; exit 3']).then(
    () => expect.unreachable('it fails'),
    (error: ProcessError) => error,
  );
  expect(exitCode).toBe(3);
  expect(stderr).toHaveLength(256 << 10);
  expect(stderr).toMatch(/much\nlast$/u);
});

it('says why it ended a program', async () => {
  expect((await failure('sleep', '100')).message).toBe('sleep 100: killed after 200 ms');
  expect((await failure('sh', '-c', 'kill -9 $$')).message).toBe('sh -c kill -9 $$: ended by a signal');
});

it('takes half of an output for none, also of a program that ended well', async () => {
  const outcome = await run(['head', '-c', String((64 << 20) + 1), '/dev/zero']).then(({ length }) => `${length} characters`, String);
  expect(outcome).toContain('it printed more than 64 MiB');
});
