import { beforeEach, describe, expect, it } from 'vitest';
import { stranger } from '../../../test/fakes/operation-world.ts';
import { inPagesOfOne, type NamesPage } from '../../../test/fixtures/pages-of-one.ts';
import { roleArn, trainingAccount } from '../../../test/fixtures/training-account.ts';
import { advanceCompilation } from '../../model/job/compilation-job.ts';
import type { CreateCompilationJobInput } from './compilation-job-members.ts';
import { createCompilationJob } from './operations/create-compilation-job.ts';
import { listCompilationJobs } from './operations/list-compilation-jobs.ts';

type ListInput = Parameters<typeof listCompilationJobs.commit>[0];
const secondMs = 1_000;

let account: ReturnType<typeof trainingAccount>;

function create(CompilationJobName: string, target: object = { TargetDevice: 'ml_c5' }): void {
  const request = {
    CompilationJobName,
    RoleArn: roleArn,
    InputConfig: { S3Uri: 's3://data/model.tar.gz', Framework: 'XGBOOST' },
    OutputConfig: { S3OutputLocation: 's3://data/out', ...target },
    StoppingCondition: {},
  };
  account.world.run(createCompilationJob, request as CreateCompilationJobInput, { networkRefusal: undefined });
  account.world.clock.advance(secondMs);
}

/** One second after another: `b-1`, `A-2`, `c-3`, `b-4`; `A-2` has ended since. */
beforeEach(() => {
  account = trainingAccount();
  for (const name of ['b-1', 'A-2', 'c-3', 'b-4']) create(name);
  const { compilationJobs } = account.world.store.sagemaker;
  account.world.store.transact(() => {
    compilationJobs.update('A-2', advanceCompilation(compilationJobs.get('A-2'), 'COMPLETED', account.world.clock.now().toISOString()));
  });
});

function list(input: ListInput): NamesPage {
  const { CompilationJobSummaries, NextToken } = account.world.run(listCompilationJobs, input);
  return { names: (CompilationJobSummaries ?? []).map(({ CompilationJobName = '' }) => CompilationJobName), next: NextToken };
}

/** `seconds` after the first job. */
const at = (seconds: number): Date => new Date(Date.parse('2026-11-21T10:00:00.000Z') + seconds * secondMs);

describe('ListCompilationJobs', () => {
  /** Ascending by CreationTime when nothing is said: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListCompilationJobs.html */
  const orders: readonly (readonly [ListInput, readonly string[]])[] = [
    [{}, ['b-1', 'A-2', 'c-3', 'b-4']],
    [{ SortOrder: 'Descending' }, ['b-4', 'c-3', 'A-2', 'b-1']],
    [{ SortBy: 'CreationTime' }, ['b-1', 'A-2', 'c-3', 'b-4']],
    [{ SortBy: 'CreationTime', SortOrder: 'Descending' }, ['b-4', 'c-3', 'A-2', 'b-1']],
    [{ SortBy: 'Name' }, ['A-2', 'b-1', 'b-4', 'c-3']],
    [{ SortBy: 'Name', SortOrder: 'Descending' }, ['c-3', 'b-4', 'b-1', 'A-2']],
    [{ SortBy: 'Status' }, ['A-2', 'b-1', 'b-4', 'c-3']],
    [{ SortBy: 'Status', SortOrder: 'Descending' }, ['c-3', 'b-4', 'b-1', 'A-2']],
  ];
  it.each(orders)('sorts %o', (input, names) => {
    expect(list(input)).toEqual({ names, next: undefined });
    expect(inPagesOfOne((asked) => list({ ...input, ...asked }))).toEqual(names);
  });

  const filters: readonly (readonly [ListInput, readonly string[]])[] = [
    [{ NameContains: 'b-' }, ['b-1', 'b-4']],
    [{ NameContains: 'a' }, []],
    [{ CreationTimeAfter: at(1) }, ['c-3', 'b-4']],
    [{ CreationTimeBefore: at(1) }, ['b-1']],
    [{ CreationTimeAfter: at(0), CreationTimeBefore: at(3) }, ['A-2', 'c-3']],
    [{ LastModifiedTimeAfter: at(3) }, ['A-2']],
    [{ LastModifiedTimeBefore: at(3) }, ['b-1', 'c-3']],
    [{ StatusEquals: 'COMPLETED' }, ['A-2']],
    [{ StatusEquals: 'STARTING', NameContains: 'b' }, ['b-1', 'b-4']],
    [{ StatusEquals: 'STOPPED' }, []],
  ];
  it.each(filters)('filters %o', (input, names) => {
    expect(list(input)).toEqual({ names, next: undefined });
  });

  it('gives ten when nothing is said, and neither repeats nor skips when jobs come and go between pages', () => {
    for (let index = 0; index < 9; index += 1) create(`more-${index}`);
    const first = list({});
    expect(first.names).toHaveLength(10);
    account.world.store.transact(() => account.world.store.sagemaker.compilationJobs.delete(first.names.at(-1) ?? ''));
    create('newest');
    expect(list({ NextToken: first.next }).names).toEqual(['more-6', 'more-7', 'more-8', 'newest']);
  });

  it('binds a token to its request', () => {
    const { next } = list({ MaxResults: 1 });
    expect(list({ MaxResults: 3, NextToken: next }).names).toEqual(['A-2', 'c-3', 'b-4']);
    for (const input of [{ NameContains: 'b' }, { SortBy: 'Name' as const }, { StatusEquals: 'COMPLETED' as const }]) {
      expect(account.world.refusal(listCompilationJobs, { ...input, NextToken: next })).toBe('ValidationException 400: Invalid NextToken');
    }
  });

  it('says of each what it is for: a device, or the parts of a platform', () => {
    create('on-arm', { TargetPlatform: { Os: 'LINUX', Arch: 'ARM64', Accelerator: 'NVIDIA' } });
    const { CompilationJobSummaries } = account.world.run(listCompilationJobs, { SortOrder: 'Descending', MaxResults: 2 });
    expect(CompilationJobSummaries).toEqual([
      expect.objectContaining({
        CompilationJobName: 'on-arm',
        CompilationTargetDevice: undefined,
        CompilationTargetPlatformOs: 'LINUX',
        CompilationTargetPlatformArch: 'ARM64',
        CompilationTargetPlatformAccelerator: 'NVIDIA',
      }),
      expect.objectContaining({ CompilationJobName: 'b-4', CompilationTargetDevice: 'ml_c5', CompilationTargetPlatformOs: undefined }),
    ]);
  });

  it("shows nobody another account's jobs", () => {
    expect(account.world.run(listCompilationJobs, {}, undefined, stranger).CompilationJobSummaries).toEqual([]);
  });
});
