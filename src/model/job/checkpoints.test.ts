import { expect, it } from 'vitest';
import { checkpointsLocation, checkpointsPathOf, refusalOfCheckpointsPath } from './checkpoints.ts';

const config = (LocalPath?: string) => ({ S3Uri: 's3://b/c', ...(LocalPath !== undefined && { LocalPath }) });

it.each([undefined, '/opt/ml/checkpoints', '/opt/ml/checkpoints/', '/checkpoints', '/home/user/my checkpoints'])('may be at %s', (path) => {
  expect(refusalOfCheckpointsPath(config(path))).toBeUndefined();
});

it.each(['', '/', 'relative', '/a/../etc', '/a//b', '/proc', '/proc/self', '/opt', '/opt/ml', '/opt/ml/model', '/etc/ssl', '/with:colon'])(
  'cannot be at %j',
  (path) => {
    expect(refusalOfCheckpointsPath(config(path))).toBeTypeOf('string');
  },
);

it('is a folder in S3', () => {
  expect(checkpointsPathOf(config('/x/'))).toBe('/x');
  expect(['s3://b', 's3://b/c', 's3://b/c/'].map((S3Uri) => checkpointsLocation({ S3Uri })?.prefix)).toEqual(['', 'c/', 'c/']);
});
