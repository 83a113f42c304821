import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Operation } from '../../operation.ts';
import type { Input, Output } from '../../service.ts';
import { resourceDemand } from '../demand.ts';
import { sagemakerErrors } from '../errors.ts';
import { describeTags, taggedJob } from '../tags.ts';

/**
 * A page holds at least 50 tags and a resource has no more: there is one page, and no token that leads to another.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTags.html
 */
export const listTags: Operation<Input<typeof SageMaker, 'ListTags'>, Output<typeof SageMaker, 'ListTags'>> = {
  authorize: ({ ResourceArn }, context) => [resourceDemand('ListTags', ResourceArn, context)],
  commit({ ResourceArn, NextToken }, context) {
    const { tags } = taggedJob(ResourceArn, context);
    if (NextToken !== undefined) throw sagemakerErrors.invalidNextToken();
    return { Tags: describeTags(tags), NextToken: undefined };
  },
};
