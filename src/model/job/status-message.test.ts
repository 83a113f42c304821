import { describe, expect, it } from 'vitest';
import { notesOf, statusMessage, statusMessageOf } from './status-message.ts';

describe('a status message', () => {
  it("is AWS's to the letter when there is nothing to add", () => {
    for (const text of ['Downloading input data', 'Training image download completed. Training in progress.'])
      expect(statusMessage(text, {})).toBe(text);
    expect(statusMessage('Starting', { notCollected: [], capped: undefined })).toBe('Starting');
  });

  it('says what is not collected', () => {
    expect(statusMessage('Preparing the instances for training', { notCollected: ['DebugHookConfig'] })).toBe(
      'Preparing the instances for training. Nothing is collected for DebugHookConfig.',
    );
    expect(statusMessage('Training in progress.', { notCollected: ['A', 'B', 'C'] })).toBe(
      'Training in progress. Nothing is collected for A, B and C.',
    );
  });

  it('says which image it is before everything else', () => {
    expect(statusMessage('Starting', { localImage: 'cloister/python', capped: 'It gives 2 CPUs' })).toBe(
      'Starting. TrainingImage is cloister/python of the local store. It gives 2 CPUs.',
    );
  });

  it('says what became of it, each sentence once ended', () => {
    expect(statusMessage('Training job completed', { remarks: ['Two files clash.', undefined, 'Metrics are given up'] })).toBe(
      'Training job completed. Two files clash. Metrics are given up.',
    );
    expect(statusMessage('Training job completed', { remarks: [undefined] })).toBe('Training job completed');
  });

  it('says that it waits for a registry', () => {
    expect(statusMessage('Downloading input data', { pulledImage: 'registry.example/a:1' })).toBe(
      'Downloading input data. Downloading the training image registry.example/a:1.',
    );
  });

  it('says what the machine does not have, before what is not collected', () => {
    expect(statusMessage('Starting', { notCollected: ['A'], capped: 'It gives 2 CPUs' })).toBe(
      'Starting. It gives 2 CPUs. Nothing is collected for A.',
    );
  });
});

it('has its notes where a job begins and where it trains', () => {
  const notes = { notCollected: ['DebugHookConfig'] };
  for (const status of ['Starting', 'Training'] as const)
    expect(statusMessageOf(status, notes)).toContain('Nothing is collected for DebugHookConfig.');
  for (const status of ['Downloading', 'Uploading', 'Completed'] as const) expect(statusMessageOf(status, notes)).not.toContain('collected');
});

const machine = { cpus: 2, memoryBytes: 2 ** 33, gpus: 0 };

describe('what is not collected', () => {
  it.each([
    [{}, []],
    [{ ProfilerConfig: { DisableProfiler: true } }, []],
    [{ ProfilerConfig: {} }, ['ProfilerConfig']],
    [
      {
        TensorBoardOutputConfig: { S3OutputPath: 's3://b' },
        DebugHookConfig: { S3OutputPath: 's3://b' },
        ProfilerConfig: { DisableProfiler: false },
      },
      ['DebugHookConfig', 'TensorBoardOutputConfig', 'ProfilerConfig'],
    ],
  ])('of %o is %o', (request, names) => {
    expect(notesOf(request, machine)).toEqual({ notCollected: names, capped: undefined });
  });
});

it('compares the instance type with the machine', () => {
  const capped = (InstanceType: string): string | undefined => notesOf({ ResourceConfig: { InstanceType } }, machine).capped;
  expect([capped('ml.m5.large'), capped('ml.m5.xlarge')]).toEqual([
    undefined,
    'ml.m5.xlarge asks for 4 vCPUs and 16 GiB; this machine gives 2 and 8 GiB',
  ]);
});
