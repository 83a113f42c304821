import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { isTerminal } from '../../../model/job/training-job.ts';
import type { TrainingJobRow } from '../../../store/sagemaker.ts';
import type { Operation } from '../../operation.ts';
import type { Input, Output } from '../../service.ts';
import { isWithinTimes } from '../list-filter.ts';
import { pageOf, type SortKey } from '../list-page.ts';

type ListInput = Input<typeof SageMaker, 'ListTrainingJobs'>;
type Summary = NonNullable<Output<typeof SageMaker, 'ListTrainingJobs'>['TrainingJobSummaries']>[number];

/**
 * AWS's quirk: StatusEquals filters after a page was taken, so a page may be short or empty and still have a NextToken.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html
 */
export const listTrainingJobs: Operation<ListInput, Output<typeof SageMaker, 'ListTrainingJobs'>> = {
  authorize: () => [{ action: 'sagemaker:ListTrainingJobs', resource: '*' }],
  commit(input, { store, accountId }) {
    const rows = store.sagemaker.trainingJobs.list({ ownerId: accountId }).filter((row) => matches(row, input));
    const { rows: page, nextToken } = pageOf(rows, sortKeyOf(input), isDescending(input), input);
    return {
      TrainingJobSummaries: page.filter((row) => input.StatusEquals === undefined || row.status === input.StatusEquals).map(summaryOf),
      NextToken: nextToken,
    };
  },
};

function summaryOf(row: TrainingJobRow): Summary {
  return {
    TrainingJobName: row.trainingJobName,
    TrainingJobArn: row.trainingJobArn,
    CreationTime: new Date(row.createdAt),
    LastModifiedTime: new Date(row.lastModifiedAt),
    TrainingEndTime: row.trainingEndAt === undefined || !isTerminal(row.status) ? undefined : new Date(row.trainingEndAt),
    TrainingJobStatus: row.status,
    SecondaryStatus: row.secondaryStatus,
  };
}

function matches(row: TrainingJobRow, input: ListInput): boolean {
  return (
    // No job has a warm pool or a training plan.
    input.WarmPoolStatusEquals === undefined &&
    input.TrainingPlanArnEquals === undefined &&
    (input.NameContains === undefined || row.trainingJobName.includes(input.NameContains)) &&
    isWithinTimes(row, input)
  );
}

const sortKeyOf =
  ({ SortBy }: ListInput) =>
  (row: TrainingJobRow): SortKey => [SortBy === 'Name' ? row.trainingJobName : SortBy === 'Status' ? row.status : row.createdAt, row.trainingJobName];

/** The service lists newest first although its model says Ascending (docs/assumptions.md). */
const isDescending = ({ SortBy, SortOrder }: ListInput): boolean =>
  (SortOrder ?? (SortBy === undefined ? 'Descending' : 'Ascending')) === 'Descending';
