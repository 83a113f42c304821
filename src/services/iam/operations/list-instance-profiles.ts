import type { IamOperation } from '../iam-operation.ts';
import { describeInstanceProfile } from '../instance-profile.ts';
import { pageOf } from '../page.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html */
export const listInstanceProfiles: IamOperation<'ListInstanceProfiles'> = {
  authorize: (input, { accountId }) => [
    { action: 'iam:ListInstanceProfiles', resource: `arn:aws:iam::${accountId}:instance-profile${input.PathPrefix ?? '/'}` },
  ],

  commit(input, context) {
    const profiles = context.store.iam
      .of(context.accountId)
      .instanceProfiles.list()
      .filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
    const { items, ...page } = pageOf(profiles, ({ instanceProfileName }) => instanceProfileName, input);
    return { InstanceProfiles: items.map((profile) => describeInstanceProfile(profile, context)), ...page };
  },
};
