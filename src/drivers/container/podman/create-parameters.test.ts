import { expect, it } from 'vitest';
import type { ContainerSpec } from '../container-driver.ts';
import { createParameters, fingerprint } from './create-parameters.ts';

const spec: ContainerSpec = {
  name: 'job.algo-1',
  labels: { job: 'job' },
  image: 'cloister/gbt',
  arguments: ['train'],
  environment: { A: 'b c' },
  mounts: [{ source: '/data/ml', target: '/opt/ml', readOnly: false }],
  networkNamespacePath: '/run/netns/x',
  hostname: 'algo-1',
  uidBase: 100_000,
  logPath: '/data/log',
};
const parameters = (change: Partial<ContainerSpec> = {}, openFiles = 4_096): string[] =>
  createParameters({ ...spec, ...change }, 'cloister', openFiles, '/run/empty', 'nvidia.com/gpu');

it('puts the command after the image, and an entry point only when one is asked for', () => {
  expect(parameters().slice(-3)).toEqual(['--', 'cloister/gbt', 'train']);
  expect(parameters()).not.toContain('--entrypoint');
  const own = parameters({ entrypoint: ['python', '-u'] });
  expect(own[own.indexOf('--entrypoint') + 1]).toBe('["python","-u"]');
});

it('never asks for more open files than this process has', () => {
  expect(parameters({}, 1_000)).toContain('nofile=1000:1000');
});

it('mounts an empty resolv.conf unless the job brings one', () => {
  expect(parameters()).toContain('/run/empty:/etc/resolv.conf:ro,nosuid,nodev,rprivate');
  const own = parameters({ mounts: [{ source: '/data/resolv', target: '/etc/resolv.conf', readOnly: true }] });
  expect(own.filter((parameter) => parameter.includes('resolv'))).toEqual(['/data/resolv:/etc/resolv.conf:ro,nosuid,nodev,rprivate']);
});

it('gives no swap beside a memory limit', () => {
  const limited = parameters({ memoryBytes: 1 << 30 });
  expect(limited[limited.indexOf('--memory-swap') + 1]).toBe(limited[limited.indexOf('--memory') + 1]);
});

it('gives shared memory and GPUs that are asked for', () => {
  expect(parameters()).not.toContain('--shm-size');
  expect(parameters()).not.toContain('--device');
  const given = parameters({ sharedMemoryBytes: 4 << 20, gpus: [0, 3] });
  expect(given[given.indexOf('--shm-size') + 1]).toBe('4194304b');
  expect(given.filter((parameter) => parameter.startsWith('nvidia.com/gpu='))).toEqual(['nvidia.com/gpu=0', 'nvidia.com/gpu=3']);
});

it('refuses a path that would change the meaning of the mount', () => {
  expect(() => parameters({ mounts: [{ source: '/data:/etc', target: '/x', readOnly: true }] })).toThrow(/colon/);
});

it('tells specs apart', () => {
  expect(fingerprint(spec)).toBe(fingerprint({ ...spec }));
  expect(fingerprint(spec)).not.toBe(fingerprint({ ...spec, arguments: [] }));
});
