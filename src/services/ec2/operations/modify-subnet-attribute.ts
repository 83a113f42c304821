import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { subnetOf, vpcChanged } from '../resources.ts';
import { noIpv6, noOutposts, refuseUnsupported } from '../unsupported.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html */
export const modifySubnetAttribute: Ec2Operation<'ModifySubnetAttribute'> = {
  authorize: actsOn('ModifySubnetAttribute', ({ SubnetId }: Ec2Input<'ModifySubnetAttribute'>) => [SubnetId]),
  commit(input, context) {
    const { subnetId, vpcId } = subnetOf(context, input.SubnetId);
    const noInstances = 'there are no instances whose names it could change';
    refuseUnsupported(input, {
      AssignIpv6AddressOnCreation: noIpv6,
      EnableDns64: noIpv6,
      EnableResourceNameDnsAAAARecordOnLaunch: noIpv6,
      EnableResourceNameDnsARecordOnLaunch: noInstances,
      MapCustomerOwnedIpOnLaunch: noOutposts,
      CustomerOwnedIpv4Pool: noOutposts,
      EnableLniAtDeviceIndex: noOutposts,
      DisableLniAtDeviceIndex: noOutposts,
    });
    if (input.PrivateDnsHostnameTypeOnLaunch !== 'ip-name') refuseUnsupported(input, { PrivateDnsHostnameTypeOnLaunch: noInstances });
    const mapPublicIpOnLaunch = input.MapPublicIpOnLaunch?.Value;
    if (mapPublicIpOnLaunch !== undefined) {
      context.store.ec2.subnets.update(subnetId, { mapPublicIpOnLaunch });
      vpcChanged(context, vpcId);
    }
    return {};
  },
};
