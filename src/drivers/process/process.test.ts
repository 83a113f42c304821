import { expect, it } from 'vitest';
import { ProcessError } from './process.ts';

it('tells no values of environment variables', () => {
  const error = new ProcessError(['podman', 'create', '--env', 'TOKEN=s3cr=et\nmore', 'image'], 125, 'no such image\n');
  expect(error.message).toBe('podman create --env TOKEN=… image: exit code 125: no such image');
  expect(error.stack).not.toContain('s3cr');
});
