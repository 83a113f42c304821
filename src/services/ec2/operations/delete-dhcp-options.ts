import { actsOn } from '../authorization.ts';
import { dhcpSetOf } from '../dhcp-options.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { defaultDhcpOptionsId } from '../vpc.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteDhcpOptions.html */
export const deleteDhcpOptions: Ec2Operation<'DeleteDhcpOptions'> = {
  authorize: actsOn('DeleteDhcpOptions', ({ DhcpOptionsId }: Ec2Input<'DeleteDhcpOptions'>) => [DhcpOptionsId]),
  commit(input, context) {
    const { dhcpOptionsId } = dhcpSetOf(context, input.DhcpOptionsId);
    const { ec2 } = context.store;
    if (ec2.vpcs.list().some((vpc) => vpc.dhcpOptionsId === dhcpOptionsId)) throw errors.hasDependencies('dhcpOptions', dhcpOptionsId);
    if (dhcpOptionsId === defaultDhcpOptionsId(context)) throw errors.bornDhcpOptionsStay(dhcpOptionsId);
    ec2.dhcpOptions.delete(dhcpOptionsId);
    ec2.removeTags(dhcpOptionsId);
    return {};
  },
};
