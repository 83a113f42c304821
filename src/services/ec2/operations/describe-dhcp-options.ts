import { privateDomainOf } from '../../../model/regions.ts';
import { readsAll } from '../authorization.ts';
import { describe } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { defaultDhcpOptionsId } from '../vpc.ts';

/** The set that every VPC has. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeDhcpOptions.html */
export const describeDhcpOptions: Ec2Operation<'DescribeDhcpOptions'> = {
  authorize: readsAll('DescribeDhcpOptions'),
  commit(input, context) {
    const dhcpOptionsId = defaultDhcpOptionsId(context);
    const configuration: Readonly<Record<string, string>> = {
      'domain-name': privateDomainOf(context.region),
      'domain-name-servers': 'AmazonProvidedDNS',
    };
    const { rows, nextToken } = describe(context, input, {
      ids: input.DhcpOptionsIds,
      find(id) {
        if (!id.startsWith('dopt-')) throw errors.malformedId('InvalidDhcpOptionsId.Malformed', id, 'dopt');
        if (id !== dhcpOptionsId) throw errors.dhcpOptionsNotFound(id);
        return dhcpOptionsId;
      },
      list: () => [dhcpOptionsId],
      idOf: (id) => id,
      filters: {
        'dhcp-options-id': (id) => id,
        key: () => Object.keys(configuration),
        value: () => Object.values(configuration),
        'owner-id': () => context.accountId,
      },
    });
    const sets = rows.map((DhcpOptionsId) => ({
      DhcpOptionsId,
      OwnerId: context.accountId,
      DhcpConfigurations: Object.entries(configuration).map(([Key, Value]) => ({ Key, Values: [{ Value }] })),
      Tags: [],
    }));
    return { DhcpOptions: sets, NextToken: nextToken };
  },
};
