import { demandCreation } from '../authorization.ts';
import { requestedConfigurations, wireDhcpOptions } from '../dhcp-options.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { quotas } from '../quotas.ts';
import { dhcpOptionsOf } from '../resources.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html */
export const createDhcpOptions: Ec2Operation<'CreateDhcpOptions'> = {
  authorize: (input, context) => demandCreation(context, 'CreateDhcpOptions', 'dhcp-options', input.TagSpecifications),
  commit(input, context) {
    const configurations = requestedConfigurations(input);
    const requested = requestedTags(input.TagSpecifications, 'dhcp-options');
    const { dhcpOptions } = context.store.ec2;
    if (dhcpOptions.count() >= quotas.dhcpOptions) throw errors.limitExceeded('DhcpOptions', 'DHCP options sets');
    const dhcpOptionsId = identify(context, 'dopt', requested);
    dhcpOptions.insert({ dhcpOptionsId, ownerId: context.accountId, createdAt: context.now.toISOString(), configurations });
    storeTags(context, dhcpOptionsId, requested);
    return { DhcpOptions: wireDhcpOptions(context, dhcpOptionsOf(context, dhcpOptionsId)) };
  },
};
