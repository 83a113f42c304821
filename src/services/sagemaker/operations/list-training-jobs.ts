import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { AwsError } from '../../../aws/aws-error.ts';
import type { TrainingJobRow } from '../../../store/sagemaker.ts';
import type { Operation } from '../../operation.ts';
import type { Input, Output } from '../../service.ts';

type ListInput = Input<typeof SageMaker, 'ListTrainingJobs'>;

/**
 * AWS's quirk: StatusEquals filters after a page was taken, so a page may be short or empty and still have a NextToken.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html
 */
export const listTrainingJobs: Operation<ListInput, Output<typeof SageMaker, 'ListTrainingJobs'>> = {
  authorize: () => [{ action: 'sagemaker:ListTrainingJobs', resource: '*' }],
  commit(input, { store, accountId }) {
    const rows = store.sagemaker.trainingJobs.list({ ownerId: accountId }).filter((row) => matches(row, input));
    const ordered = rows.toSorted(comparator(input));
    const start = input.NextToken === undefined ? 0 : positionOf(input.NextToken);
    const end = start + (input.MaxResults ?? 10);
    const page = ordered.slice(start, end).filter((row) => input.StatusEquals === undefined || row.status === input.StatusEquals);
    return {
      TrainingJobSummaries: page.map((row) => ({
        TrainingJobName: row.trainingJobName,
        TrainingJobArn: row.trainingJobArn,
        CreationTime: new Date(row.createdAt),
        LastModifiedTime: new Date(row.lastModifiedAt),
        TrainingEndTime: row.trainingEndAt === undefined ? undefined : new Date(row.trainingEndAt),
        TrainingJobStatus: row.status,
        SecondaryStatus: row.secondaryStatus,
      })),
      NextToken: end < ordered.length ? Buffer.from(String(end)).toString('base64url') : undefined,
    };
  },
};

function matches(row: TrainingJobRow, input: ListInput): boolean {
  const created = Date.parse(row.createdAt);
  const modified = Date.parse(row.lastModifiedAt);
  return (
    (input.NameContains === undefined || row.trainingJobName.includes(input.NameContains)) &&
    (input.CreationTimeAfter === undefined || created > input.CreationTimeAfter.getTime()) &&
    (input.CreationTimeBefore === undefined || created < input.CreationTimeBefore.getTime()) &&
    (input.LastModifiedTimeAfter === undefined || modified > input.LastModifiedTimeAfter.getTime()) &&
    (input.LastModifiedTimeBefore === undefined || modified < input.LastModifiedTimeBefore.getTime())
  );
}

function comparator(input: ListInput): (a: TrainingJobRow, b: TrainingJobRow) => number {
  const key = (row: TrainingJobRow): string =>
    input.SortBy === 'Name' ? row.trainingJobName : input.SortBy === 'Status' ? row.status : row.createdAt;
  // The service lists newest first although its model says Ascending (docs/assumptions.md).
  const sign = (input.SortOrder ?? (input.SortBy === undefined ? 'Descending' : 'Ascending')) === 'Descending' ? -1 : 1;
  return (a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

function positionOf(token: string): number {
  const position = Number(Buffer.from(token, 'base64url').toString('utf8'));
  if (!Number.isSafeInteger(position) || position < 0) throw new AwsError('ValidationException', 'Invalid NextToken');
  return position;
}
