import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { CompilationJobRow } from '../../../store/sagemaker.ts';
import type { Operation } from '../../operation.ts';
import type { Input, Output } from '../../service.ts';
import { compilationTimes } from '../compilation-job-description.ts';
import type { CreateCompilationJobInput } from '../compilation-job-members.ts';
import { isWithinTimes } from '../list-filter.ts';
import { pageOf, type SortKey } from '../list-page.ts';

type ListInput = Input<typeof SageMaker, 'ListCompilationJobs'>;
type Summary = NonNullable<Output<typeof SageMaker, 'ListCompilationJobs'>['CompilationJobSummaries']>[number];

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListCompilationJobs.html */
export const listCompilationJobs: Operation<ListInput, Output<typeof SageMaker, 'ListCompilationJobs'>> = {
  authorize: () => [{ action: 'sagemaker:ListCompilationJobs', resource: '*' }],
  commit(input, { store, accountId }) {
    const rows = store.sagemaker.compilationJobs.list({ ownerId: accountId }).filter((row) => matches(row, input));
    const { rows: page, nextToken } = pageOf(rows, sortKeyOf(input), input.SortOrder === 'Descending', input);
    return { CompilationJobSummaries: page.map(summaryOf), NextToken: nextToken };
  },
};

function summaryOf(row: CompilationJobRow): Summary {
  const { TargetDevice, TargetPlatform } = (row.request as unknown as CreateCompilationJobInput).OutputConfig;
  return {
    CompilationJobName: row.compilationJobName,
    CompilationJobArn: row.compilationJobArn,
    ...compilationTimes(row),
    CompilationTargetDevice: TargetDevice,
    CompilationTargetPlatformOs: TargetPlatform?.Os,
    CompilationTargetPlatformArch: TargetPlatform?.Arch,
    CompilationTargetPlatformAccelerator: TargetPlatform?.Accelerator,
    CompilationJobStatus: row.status,
  };
}

const matches = (row: CompilationJobRow, input: ListInput): boolean =>
  (input.NameContains === undefined || row.compilationJobName.includes(input.NameContains)) &&
  (input.StatusEquals === undefined || row.status === input.StatusEquals) &&
  isWithinTimes(row, input);

const sortKeyOf =
  ({ SortBy }: ListInput) =>
  (row: CompilationJobRow): SortKey => [
    SortBy === 'Name' ? row.compilationJobName : SortBy === 'Status' ? row.status : row.createdAt,
    row.compilationJobName,
  ];
