import { noDhcpOptions } from '../../../model/network/dhcp.ts';
import { actsOn } from '../authorization.ts';
import { dhcpSetOf } from '../dhcp-options.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { vpcChanged, vpcOf } from '../resources.ts';

/** `default` leaves the VPC without options. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateDhcpOptions.html */
export const associateDhcpOptions: Ec2Operation<'AssociateDhcpOptions'> = {
  authorize: actsOn('AssociateDhcpOptions', ({ VpcId, DhcpOptionsId }: Ec2Input<'AssociateDhcpOptions'>) =>
    DhcpOptionsId === noDhcpOptions ? [VpcId] : [VpcId, DhcpOptionsId],
  ),
  commit(input, context) {
    const { vpcId } = vpcOf(context, input.VpcId);
    const dhcpOptionsId = input.DhcpOptionsId === noDhcpOptions ? noDhcpOptions : dhcpSetOf(context, input.DhcpOptionsId).dhcpOptionsId;
    context.store.ec2.vpcs.update(vpcId, { dhcpOptionsId });
    vpcChanged(context, vpcId);
    return {};
  },
};
