import { demandTagChange } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { quotas } from '../quotas.ts';
import { taggableResource } from '../resources.ts';
import { checkTags, chosenIdKey, tagMapOf } from '../tags.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export const createTags: Ec2Operation<'CreateTags'> = {
  authorize: (input, context) => demandTagChange(context, 'CreateTags', input),
  commit(input, context) {
    if (input.Resources.length === 0) throw errors.parameterRequired('resourceIdSet');
    if (input.Tags.length === 0) throw errors.parameterRequired('tagSet');
    const tags = checkTags(input.Tags);
    if (tags.has(chosenIdKey)) throw errors.chosenIdRefused();
    for (const id of new Set(input.Resources)) {
      taggableResource(context, id);
      const all = new Set([...tagMapOf(context, id).keys(), ...tags.keys()]);
      if (all.size > quotas.tagsPerResource) throw errors.tooManyTags(quotas.tagsPerResource);
      for (const [key, value] of tags) context.store.ec2.putTag(id, key, value);
    }
    return {};
  },
};
