import { beforeEach, describe, expect, it } from 'vitest';
import { stranger } from '../../../test/fakes/operation-world.ts';
import { inPagesOfOne, type NamesPage } from '../../../test/fixtures/pages-of-one.ts';
import { trainingAccount } from '../../../test/fixtures/training-account.ts';
import { advance } from '../../model/job/training-job.ts';
import { listTrainingJobs } from './operations/list-training-jobs.ts';

type ListInput = Parameters<typeof listTrainingJobs.commit>[0];
const secondMs = 1_000;

let account: ReturnType<typeof trainingAccount>;
/** One second after another: `b-1`, `A-2`, `c-3`, `b-4`; `A-2` has ended since. */
beforeEach(() => {
  account = trainingAccount();
  for (const TrainingJobName of ['b-1', 'A-2', 'c-3', 'b-4']) {
    account.create({ TrainingJobName });
    account.world.clock.advance(secondMs);
  }
  const { trainingJobs } = account.world.store.sagemaker;
  account.world.store.transact(() => {
    trainingJobs.update('A-2', advance(trainingJobs.get('A-2'), 'Completed', account.world.clock.now().toISOString()));
  });
});

function list(input: ListInput): NamesPage {
  const { TrainingJobSummaries, NextToken } = account.world.run(listTrainingJobs, input);
  return { names: (TrainingJobSummaries ?? []).map(({ TrainingJobName = '' }) => TrainingJobName), next: NextToken };
}

/** `seconds` after the first job. */
const at = (seconds: number): Date => new Date(Date.parse('2026-11-21T10:00:00.000Z') + seconds * secondMs);

describe('ListTrainingJobs', () => {
  const orders: readonly (readonly [ListInput, readonly string[]])[] = [
    [{}, ['b-4', 'c-3', 'A-2', 'b-1']],
    [{ SortBy: 'CreationTime' }, ['b-1', 'A-2', 'c-3', 'b-4']],
    [{ SortBy: 'CreationTime', SortOrder: 'Descending' }, ['b-4', 'c-3', 'A-2', 'b-1']],
    [{ SortOrder: 'Ascending' }, ['b-1', 'A-2', 'c-3', 'b-4']],
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
    [{ NameContains: 'b-' }, ['b-4', 'b-1']],
    [{ NameContains: 'a' }, []],
    [{ CreationTimeAfter: at(1) }, ['b-4', 'c-3']],
    [{ CreationTimeBefore: at(1) }, ['b-1']],
    [{ CreationTimeAfter: at(0), CreationTimeBefore: at(3) }, ['c-3', 'A-2']],
    [{ LastModifiedTimeAfter: at(3) }, ['A-2']],
    [{ LastModifiedTimeBefore: at(3) }, ['c-3', 'b-1']],
    [{ StatusEquals: 'Completed' }, ['A-2']],
    [{ StatusEquals: 'InProgress', NameContains: 'b' }, ['b-4', 'b-1']],
    [{ StatusEquals: 'Deleting' }, []],
    [{ WarmPoolStatusEquals: 'Available' }, []],
    [{ TrainingPlanArnEquals: 'arn:aws:sagemaker:us-west-2:111122223333:training-plan/plan' }, []],
  ];
  it.each(filters)('filters %o', (input, names) => {
    expect(list(input)).toEqual({ names, next: undefined });
  });

  it("filters by status after a page was taken: AWS's pages may be short or empty and go on", () => {
    const first = list({ StatusEquals: 'Completed', MaxResults: 2 });
    expect([first.names, first.next === undefined]).toEqual([[], false]);
    expect(list({ StatusEquals: 'Completed', MaxResults: 2, NextToken: first.next })).toEqual({ names: ['A-2'], next: undefined });
  });

  it('gives ten when nothing is said, and neither repeats nor skips when jobs come and go between pages', () => {
    for (let index = 0; index < 9; index += 1) {
      account.create({ TrainingJobName: `more-${index}` });
      account.world.clock.advance(secondMs);
    }
    const first = list({});
    expect(first.names.length).toBe(10);
    account.create({ TrainingJobName: 'newest' });
    account.world.store.transact(() => account.world.store.sagemaker.trainingJobs.delete(first.names.at(-1) ?? ''));
    expect(list({ NextToken: first.next }).names).toEqual(['c-3', 'A-2', 'b-1'].slice(first.names.includes('c-3') ? 1 : 0));
  });

  it('binds a token to its request', () => {
    const { next } = list({ MaxResults: 1 });
    expect(list({ MaxResults: 3, NextToken: next }).names).toEqual(['c-3', 'A-2', 'b-1']);
    for (const input of [{ NameContains: 'b' }, { SortBy: 'Name' as const }, { StatusEquals: 'Completed' as const }]) {
      expect(account.world.refusal(listTrainingJobs, { ...input, NextToken: next })).toBe('ValidationException 400: Invalid NextToken');
    }
    for (const NextToken of ['x', 'bnVsbA', '']) {
      expect(account.world.refusal(listTrainingJobs, { NextToken })).toBe('ValidationException 400: Invalid NextToken');
    }
  });

  it("shows nobody another account's jobs", () => {
    expect(account.world.run(listTrainingJobs, {}, undefined, stranger).TrainingJobSummaries).toEqual([]);
  });

  it('is closed to who may not list', () => {
    account.world.refused.add('sagemaker:ListTrainingJobs');
    expect(account.world.refusal(listTrainingJobs, {})).toContain('AccessDenied');
  });
});
