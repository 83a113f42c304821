import type { TagRow } from '../../../store/ec2.ts';
import { AwsError } from '../../../aws/aws-error.ts';
import { readsAll } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { matcher, type FilterTable } from '../filters.ts';
import { page } from '../pagination.ts';
import { resourceTypeOf, taggableResource, type ResourceContext } from '../resources.ts';

const filters: FilterTable<TagRow> = {
  key: ({ key }) => key,
  'resource-id': ({ resourceId }) => resourceId,
  'resource-type': ({ resourceId }) => resourceTypeOf(resourceId),
  value: ({ value }) => value,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html */
export const describeTags: Ec2Operation<'DescribeTags'> = {
  authorize: readsAll('DescribeTags'),
  commit(input, context) {
    const passes = matcher(input.Filters, filters, ({ key, value }) => new Map([[key, value]]));
    const tags = context.store.ec2.tags.list().filter((tag) => passes(tag) && isOwn(context, tag.resourceId));
    const { rows, nextToken } = page(tags, ({ tagId }) => tagId, input);
    const described = rows.map(({ key, value, resourceId }) => ({
      Key: key,
      Value: value,
      ResourceId: resourceId,
      ResourceType: resourceTypeOf(resourceId),
    }));
    return { Tags: described, NextToken: nextToken };
  },
};

function isOwn(context: ResourceContext, resourceId: string): boolean {
  try {
    taggableResource(context, resourceId);
    return true;
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}
