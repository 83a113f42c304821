import { currentVersionOf, demandOnList, prefixListOf } from '../prefix-list.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { page } from '../pagination.ts';
import { versionOf } from '../prefix-list-entries.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListEntries.html */
export const getManagedPrefixListEntries: Ec2Operation<'GetManagedPrefixListEntries'> = {
  authorize: (input, context) => demandOnList(context, 'GetManagedPrefixListEntries', input.PrefixListId),
  commit(input, context) {
    const { row, cidrBlocks } = prefixListOf(context, input.PrefixListId);
    const { TargetVersion: target } = input;
    if (row === undefined && target !== undefined && target !== 0) {
      throw errors.invalidParameterValue(`Value (${target}) for parameter targetVersion is invalid. Lists that AWS manages have no versions.`);
    }
    const version = row === undefined ? undefined : target === undefined ? currentVersionOf(row) : versionOf(row, target);
    const entries = version?.entries ?? cidrBlocks.map((cidrBlock) => ({ cidrBlock, description: undefined }));
    const sorted = [...entries].sort((a, b) => (a.cidrBlock < b.cidrBlock ? -1 : 1));
    const { rows, nextToken } = page(sorted, ({ cidrBlock }) => cidrBlock, input);
    const shown = rows.map(({ cidrBlock, description }) => ({ Cidr: cidrBlock, ...(description === undefined ? {} : { Description: description }) }));
    return { Entries: shown, NextToken: nextToken };
  },
};
