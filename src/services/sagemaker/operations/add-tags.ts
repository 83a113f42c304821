import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Operation } from '../../operation.ts';
import type { Input, Output } from '../../service.ts';
import { resourceDemand } from '../demand.ts';
import { describeTags, requestTagKeys, taggedJob, withTags } from '../tags.ts';

/** Answers all the tags, not only the new ones. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html */
export const addTags: Operation<Input<typeof SageMaker, 'AddTags'>, Output<typeof SageMaker, 'AddTags'>> = {
  authorize: ({ ResourceArn, Tags }, context) => [resourceDemand('AddTags', ResourceArn, context, requestTagKeys(Tags))],
  commit({ ResourceArn, Tags }, context) {
    const job = taggedJob(ResourceArn, context);
    const tags = withTags(job.tags, Tags);
    job.keep(tags);
    return { Tags: describeTags(tags) };
  },
};
