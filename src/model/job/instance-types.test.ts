import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { instanceRefusal, instanceShare, instanceSizeOf, type InstanceShare, type MachineSize } from './instance-types.ts';

const gib = 2 ** 30;
const { rules } = JSON.parse(readFileSync(new URL('../../aws/generated/sagemaker.constraints.json', import.meta.url), 'utf8')) as {
  rules: { TrainingInstanceType: { enum: readonly string[] } };
};
const types = rules.TrainingInstanceType.enum;
const small: MachineSize = { cpus: 2, memoryBytes: 24 * gib, gpus: 0 };

function shareOf(instanceType: string, machine: MachineSize): InstanceShare {
  const size = instanceSizeOf(instanceType);
  if (size === undefined) throw new Error(`${instanceType} has no size`);
  return instanceShare(instanceType, size, machine);
}

it.each(types)('knows the size of %s', (instanceType) => {
  const size = instanceSizeOf(instanceType);
  expect(size?.vcpus).toBeGreaterThanOrEqual(2);
  // Between the leanest (c4) and the richest (p6-b300) that there are.
  const gibPerCpu = (size?.memoryBytes ?? 0) / gib / (size?.vcpus ?? 1);
  expect(gibPerCpu).toBeGreaterThan(1.6);
  expect(gibPerCpu).toBeLessThan(22);
  expect((size?.gpus ?? 0) > 0).toBe(/^ml\.[gp]\d/.test(instanceType));
});

it('knows no type that AWS does not have', () => {
  for (const name of ['ml.m5.metal', 'm5.large', 'toString', '']) expect(instanceSizeOf(name)).toBeUndefined();
});

it.each([
  ['ml.m5.large', 2, 8, 0],
  ['ml.c4.8xlarge', 36, 60, 0],
  ['ml.c5n.xlarge', 4, 10.5, 0],
  ['ml.p3.2xlarge', 8, 61, 1],
  ['ml.g5.16xlarge', 64, 256, 1],
  ['ml.g6e.24xlarge', 96, 768, 4],
])('gives %s the published %d vCPUs, %d GiB and %d GPUs', (instanceType, vcpus, memoryGiB, gpus) => {
  expect(instanceSizeOf(instanceType)).toEqual({ vcpus, memoryBytes: memoryGiB * gib, gpus });
});

it('caps to the machine and says so', () => {
  expect(shareOf('ml.m5.24xlarge', small)).toEqual({
    cpus: 2,
    memoryBytes: 24 * gib,
    sharedMemoryBytes: 12 * gib,
    gpus: 0,
    capped: 'ml.m5.24xlarge asks for 96 vCPUs and 384 GiB; this machine gives 2 and 24 GiB',
  });
});

it('says nothing where the machine has what the type has', () => {
  expect(shareOf('ml.m5.large', small)).toEqual({ cpus: 2, memoryBytes: 8 * gib, sharedMemoryBytes: 4 * gib, gpus: 0 });
});

it('refuses GPUs that the machine does not have, all together', () => {
  expect(instanceRefusal('ml.m5.large', 1, small)).toBeUndefined();
  expect(instanceRefusal('ml.g5.12xlarge', 1, small)).toMatch(/^ml\.g5\.12xlarge has 4 NVIDIA GPUs, and this machine has none/);
  expect(instanceRefusal('ml.g5.xlarge', 2, { ...small, gpus: 2 })).toBeUndefined();
  expect(instanceRefusal('ml.g5.xlarge', 3, { ...small, gpus: 2 })).toMatch(/^3 instances of ml\.g5\.xlarge have 3 NVIDIA GPUs, .* has 2\./);
});

it('refuses chips that only AWS has', () => {
  expect(instanceRefusal('ml.trn1.32xlarge', 1, { ...small, gpus: 16 })).toContain('16 AWS Trainium chips');
});
