import { formatCidr } from '../../../model/network/addresses.ts';
import { demandCreation } from '../authorization.ts';
import { refuseReserved, requestedCidr } from '../cidr-block.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { insertVpc } from '../new-vpc.ts';
import { requestedTags } from '../tags.ts';
import { noIpam, noIpv6, refuseUnsupported } from '../unsupported.ts';
import { wireVpc } from '../vpc.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html */
export const createVpc: Ec2Operation<'CreateVpc'> = {
  authorize: (input, context) => demandCreation(context, 'CreateVpc', 'vpc', input.TagSpecifications),
  commit(input, context) {
    refuseUnsupported(input, {
      AmazonProvidedIpv6CidrBlock: noIpv6,
      Ipv6CidrBlock: noIpv6,
      Ipv6CidrBlockNetworkBorderGroup: noIpv6,
      Ipv6Pool: noIpv6,
      Ipv6IpamPoolId: noIpv6,
      Ipv6NetmaskLength: noIpv6,
      Ipv4IpamPoolId: noIpam,
      Ipv4NetmaskLength: noIpam,
      VpcEncryptionControl: 'traffic between interfaces is not encrypted',
    });
    if (input.CidrBlock === undefined) throw errors.missingParameter("Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
    const { InstanceTenancy: tenancy = 'default' } = input;
    if (tenancy !== 'default' && tenancy !== 'dedicated') {
      throw errors.invalidParameterValue(`Value (${tenancy}) for parameter instanceTenancy is invalid.`);
    }
    const cidr = requestedCidr(input.CidrBlock, errors.vpcRange);
    refuseReserved(input.CidrBlock, cidr);
    const requested = requestedTags(input.TagSpecifications, 'vpc');
    const row = insertVpc(context, formatCidr(cidr), { instanceTenancy: tenancy, enableDnsHostnames: false, isDefault: false }, requested);
    return { Vpc: { ...wireVpc(context, row), State: 'pending' } };
  },
};
