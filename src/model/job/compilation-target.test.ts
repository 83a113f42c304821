import { expect, it } from 'vitest';
import { advanceCompilation } from './compilation-job.ts';
import { compiledModelUri, targetWords } from './compilation-target.ts';

const platform = { S3OutputLocation: 's3://b/out/', TargetPlatform: { Os: 'LINUX', Arch: 'ARM64', Accelerator: 'NVIDIA' } };

it.each([
  ['s3://b/in/model.tar.gz', { S3OutputLocation: 's3://b/out', TargetDevice: 'ml_c5' }, 's3://b/out/model-ml_c5.tar.gz'],
  ['s3://b/resnet18_model.tar.gz', platform, 's3://b/out/resnet18_model-LINUX_ARM64_NVIDIA.tar.gz'],
  ['s3://b/in/archive', { S3OutputLocation: 's3://b', TargetDevice: 'lambda' }, 's3://b/archive-lambda.tar.gz'],
])('%s', (input, output, uri) => {
  expect(compiledModelUri(input, output)).toBe(uri);
});

it('the parts of a platform are told apart', () => {
  expect(targetWords(platform)).toBe('LINUX ARM64 NVIDIA');
});

it('a job that is stopping stays so until it has ended, and what has ended stays as it is', () => {
  const at = '2026-11-01T00:00:00Z';
  const of = (status: 'STARTING' | 'STOPPING' | 'FAILED') => ({ status, lastModifiedAt: '' });
  expect(advanceCompilation(of('STARTING'), 'INPROGRESS', at)).toEqual({ status: 'INPROGRESS', lastModifiedAt: at });
  expect(advanceCompilation(of('STOPPING'), 'INPROGRESS', at)).toEqual(of('STOPPING'));
  expect(advanceCompilation(of('STOPPING'), 'STOPPED', at).status).toBe('STOPPED');
  expect(advanceCompilation(of('FAILED'), 'STOPPING', at)).toEqual(of('FAILED'));
});
