import { prefixListArn, prefixListOf } from '../prefix-list.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { page } from '../pagination.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListEntries.html */
export const getManagedPrefixListEntries: Ec2Operation<'GetManagedPrefixListEntries'> = {
  authorize: (input, context) => [{ action: 'ec2:GetManagedPrefixListEntries', resource: prefixListArn(context, input.PrefixListId) }],
  commit(input, context) {
    const { cidrBlocks } = prefixListOf(context, input.PrefixListId);
    if (input.TargetVersion !== undefined && input.TargetVersion !== 0) {
      throw errors.invalidParameterValue(
        `Value (${input.TargetVersion}) for parameter targetVersion is invalid. Lists that AWS manages have no versions.`,
      );
    }
    const { rows, nextToken } = page([...cidrBlocks].sort(), (cidrBlock) => cidrBlock, input);
    return { Entries: rows.map((Cidr) => ({ Cidr })), NextToken: nextToken };
  },
};
