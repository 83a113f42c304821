import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Operation } from '../../operation.ts';
import type { Input } from '../../service.ts';
import { resourceDemand } from '../demand.ts';
import { taggedJob } from '../tags.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTags.html */
export const deleteTags: Operation<Input<typeof SageMaker, 'DeleteTags'>, Record<string, never>> = {
  authorize: ({ ResourceArn, TagKeys }, context) => [resourceDemand('DeleteTags', ResourceArn, context, { 'aws:TagKeys': TagKeys })],
  commit({ ResourceArn, TagKeys }, context) {
    const job = taggedJob(ResourceArn, context);
    job.keep(job.tags.filter(({ key }) => !TagKeys.includes(key)));
    return {};
  },
};
