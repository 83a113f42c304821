import { demandTagChange } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { taggableResource } from '../resources.ts';
import { tagMapOf } from '../tags.ts';

/**
 * A tag given with a value goes only when it has that value; without tags, all go.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
 */
export const deleteTags: Ec2Operation<'DeleteTags'> = {
  authorize: (input, context) => demandTagChange(context, 'DeleteTags', input),
  commit(input, context) {
    if (input.Resources.length === 0) throw errors.parameterRequired('resourceIdSet');
    for (const id of new Set(input.Resources)) {
      taggableResource(context, id);
      const present = tagMapOf(context, id);
      const named = input.Tags ?? [...present.keys()].map((Key) => ({ Key, Value: undefined }));
      for (const { Key: key = '', Value: value } of named) {
        if (value === undefined || present.get(key) === value) context.store.ec2.removeTag(id, key);
      }
    }
    return {};
  },
};
