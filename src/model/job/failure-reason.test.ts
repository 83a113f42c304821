import { expect, it } from 'vitest';
import { failureReason, failureReasonCharactersMax, type InstanceAtEnd, type JobFailureCause, type VolumeAtEnd } from './failure-reason.ts';

const gib = 2 ** 30;
const instance: InstanceAtEnd = { host: 'algo-1', instances: 1, instanceType: 'ml.m5.large', memoryBytes: 8 * gib, memoryKills: 0 };
const volume: VolumeAtEnd = { host: 'algo-1', bytes: 0.98 * gib, askedBytes: gib, freeBytes: 0, freeFiles: 60_000, hostFreeBytes: 40 * gib };

type Algorithm = Extract<JobFailureCause, { kind: 'algorithm' }>;
const ended = (exitCode: number, change: Partial<Algorithm> = {}, of: Partial<InstanceAtEnd> = {}): string =>
  failureReason({ kind: 'algorithm', exitCode, failure: undefined, refusedPackets: '', ...change, instance: { ...instance, ...of } });

it("says the code's own words and its exit code", () => {
  expect(ended(1, { failure: 'no rows' })).toBe('AlgorithmError: no rows, exit code: 1');
  expect(ended(137)).toBe('AlgorithmError: , exit code: 137');
});

it("shortens the code's words to what AWS shows, and keeps what Cloister knows", () => {
  expect(ended(1, { failure: 'x'.repeat(5_000) })).toMatch(/^AlgorithmError: x+, exit code: 1$/);
  const refusedPackets = 'algo-2 → algo-1:7999 tcp, 6 packets refused by sg-1 (no ingress rule from sg-1)';
  expect(ended(1, { failure: 'cannot reach algo-1', refusedPackets })).toBe(`AlgorithmError: cannot reach algo-1, exit code: 1. ${refusedPackets}`);
  const longest = ended(1, { failure: 'x'.repeat(2_000), refusedPackets });
  expect([longest.length, longest.endsWith(refusedPackets)]).toEqual([failureReasonCharactersMax, true]);
});

it('names the instance that failed first of several', () => {
  expect(ended(3, {}, { instances: 2, host: 'algo-2' })).toBe('AlgorithmError: , exit code: 3. It was algo-2 of 2 instances; the others were ended.');
});

const killed = 'The kernel killed a process of algo-1: all of its 8 GiB of memory (ml.m5.large) were in use.';

it("says AWS's sentence of memory only where the kernel killed for memory, and the code could say nothing", () => {
  expect(ended(137, {}, { memoryKills: 1 })).toBe(
    `ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance. ${killed}`,
  );
  expect(ended(1, { failure: 'a worker died' }, { memoryKills: 1 })).toBe(`AlgorithmError: a worker died, exit code: 1. ${killed}`);
  expect(ended(137, { failure: 'worse' }, { memoryKills: 2 })).toContain('exit code: 137. The kernel killed 2 processes of algo-1');
});

it('tells of a volume that is full, by bytes or by files', () => {
  expect(ended(1, {}, { volume })).toBe('AlgorithmError: , exit code: 1. The volume of algo-1 is full: 1 GiB (VolumeSizeInGB 1).');
  expect(ended(1, {}, { volume: { ...volume, freeBytes: gib / 2 } })).toBe('AlgorithmError: , exit code: 1');
  expect(ended(1, {}, { volume: { ...volume, freeBytes: gib / 2, freeFiles: 0 } })).toContain('1 GiB and room for no more files (');
});

it('tells of a machine that has not what the volume promised', () => {
  const promised: VolumeAtEnd = { ...volume, bytes: 30 * gib, askedBytes: 30 * gib, freeBytes: 18 * gib, hostFreeBytes: 2 ** 20 };
  const sentence =
    'The disk of this machine is full: the volume of algo-1 holds 12 GiB of its 30 GiB and cannot grow. Free space on it, or run fewer jobs at once.';
  expect(ended(1, { failure: 'OSError: [Errno 5] Input/output error' }, { volume: promised })).toBe(
    `AlgorithmError: OSError: [Errno 5] Input/output error, exit code: 1. ${sentence}`,
  );
  expect(failureReason({ kind: 'no-space', direction: 'download', attempted: 'GetObject s3://b/k', volume: promised })).toBe(
    `ClientError: Data download failed:Insufficient disk space. ${sentence} (GetObject s3://b/k)`,
  );
  // A volume that is full by itself is what there is to say.
  expect(ended(1, {}, { volume: { ...promised, freeBytes: 0 } })).not.toContain('The disk of this machine');
  expect(ended(1, {}, { volume: { ...promised, hostFreeBytes: gib } })).toBe('AlgorithmError: , exit code: 1');
});

it('says what did not fit, and where the machine had less than was asked for', () => {
  const attempted = 'GetObject s3://data/rows.csv';
  expect(failureReason({ kind: 'no-space', direction: 'download', attempted, volume })).toBe(
    'ClientError: Data download failed:Insufficient disk space. The volume of algo-1 has 1 GiB (VolumeSizeInGB 1) (GetObject s3://data/rows.csv)',
  );
  expect(failureReason({ kind: 'no-space', direction: 'upload', attempted, volume: { ...volume, bytes: 58 * 2 ** 20, askedBytes: 30 * gib } })).toBe(
    'ClientError: Artifact upload failed:Insufficient disk space. The volume of algo-1 has 58 MiB, as this machine had no more for it (VolumeSizeInGB 30) (GetObject s3://data/rows.csv)',
  );
});

it("says S3's refusal, the network's cause, and Cloister's own trouble after AWS's text", () => {
  const attempted = 'PutObject s3://data/model.tar.gz';
  expect(failureReason({ kind: 's3-refused', direction: 'upload', code: 'AccessDenied', status: 403, message: 'no', attempted })).toBe(
    'ClientError: Artifact upload failed:AccessDenied (403): no (PutObject s3://data/model.tar.gz)',
  );
  const [down, up] = (['download', 'upload'] as const).map((direction) => failureReason({ kind: 'unreachable', direction, cause: 'No route.' }));
  expect(down).toMatch(/^ClientError: Data download failed:Please ensure .* outbound traffic to S3\. No route\.$/);
  expect(up).toMatch(/^ClientError: Artifact upload failed:Please ensure .* outbound traffic to S3 No route\.$/);
  expect(failureReason({ kind: 'internal' })).toBe('InternalServerError: We encountered an internal error.  Please try again.');
  expect(failureReason({ kind: 'internal', detail: 'x'.repeat(2_000) })).toHaveLength(failureReasonCharactersMax);
});

it("says what a compiler says, behind the kind that it names or Neo's", () => {
  const reason = (error: string | undefined, exitCode = 1): string =>
    failureReason({ kind: 'compiler', target: 'ml_inf1', exitCode, error, instance, refusedPackets: '' });
  const unable = 'ClientError: CompilationError: Unable to compile model for ml_inf1:';
  expect(reason('InputConfiguration: No model file found.')).toBe('ClientError: InputConfiguration: No model file found.');
  expect(reason('there is no code generator for ml_inf1')).toBe(`${unable} there is no code generator for ml_inf1`);
  expect(reason(undefined, 3)).toBe(`${unable} the compiler ended with exit code 3 and says nothing`);
  expect(reason(undefined, 0)).toBe(`${unable} it left nothing to upload`);
  const refusedPackets = 'compiler → 10.0.1.7:7000 tcp, 3 packets refused by sg-1 (no ingress rule)';
  const longest = failureReason({ kind: 'compiler', target: 'x', exitCode: 1, error: `E: ${'x'.repeat(5_000)}`, instance, refusedPackets });
  expect([longest.length, longest.endsWith(` ${refusedPackets}`)]).toEqual([failureReasonCharactersMax, true]);
});

it('tells a program that cannot start from one that failed', () => {
  const cause = { kind: 'not-startable', image: 'team/forest:1', reason: 'train: executable file not found in $PATH' } as const;
  expect(failureReason({ ...cause, owner: 'algorithm' })).toBe(
    "ClientError: CannotStartContainerError. Please make sure the container can be run with 'docker run team/forest:1 train'. It cannot start: train: executable file not found in $PATH.",
  );
  expect(failureReason({ ...cause, owner: { compilerFor: 'ml_c5' } })).toBe(
    'ClientError: CompilationError: Unable to compile model for ml_c5: team/forest:1 cannot start (train: executable file not found in $PATH)',
  );
});
