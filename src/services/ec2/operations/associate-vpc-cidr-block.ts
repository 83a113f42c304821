import { formatCidr } from '../../../model/network/addresses.ts';
import { actsOn } from '../authorization.ts';
import { refuseReserved, requestedCidr } from '../cidr-block.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { vpcChanged, vpcOf } from '../resources.ts';
import { noIpam, noIpv6, refuseUnsupported } from '../unsupported.ts';
import { checkSecondaryBlock, refuseRouted } from '../vpc-cidr-block.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html */
export const associateVpcCidrBlock: Ec2Operation<'AssociateVpcCidrBlock'> = {
  authorize: actsOn('AssociateVpcCidrBlock', ({ VpcId }: Ec2Input<'AssociateVpcCidrBlock'>) => [VpcId]),
  commit(input, context) {
    refuseUnsupported(input, {
      AmazonProvidedIpv6CidrBlock: noIpv6,
      Ipv6CidrBlock: noIpv6,
      Ipv6CidrBlockNetworkBorderGroup: noIpv6,
      Ipv6IpamPoolId: noIpv6,
      Ipv6NetmaskLength: noIpv6,
      Ipv6Pool: noIpv6,
      Ipv4IpamPoolId: noIpam,
      Ipv4NetmaskLength: noIpam,
    });
    if (input.CidrBlock === undefined) throw errors.parameterRequired('cidrBlock');
    const vpc = vpcOf(context, input.VpcId);
    const cidr = requestedCidr(input.CidrBlock, errors.vpcRange);
    refuseReserved(input.CidrBlock, cidr);
    checkSecondaryBlock(vpc, cidr);
    const { vpcs, routeTables } = context.store.ec2;
    const tables = routeTables.list({ vpcId: vpc.vpcId });
    refuseRouted(tables, cidr);

    const cidrBlock = formatCidr(cidr);
    const associationId = context.newId('vpc-cidr-assoc');
    vpcs.update(vpc.vpcId, { cidrBlocks: [...vpc.cidrBlocks, { associationId, cidrBlock }] });
    for (const { routeTableId, routes } of tables) {
      routeTables.update(routeTableId, {
        routes: [...routes, { destination: { cidrBlock }, target: { kind: 'local' }, origin: 'CreateRouteTable' }],
      });
    }
    vpcChanged(context, vpc.vpcId);
    return {
      VpcId: vpc.vpcId,
      CidrBlockAssociation: { AssociationId: associationId, CidrBlock: cidrBlock, CidrBlockState: { State: 'associating' } },
    };
  },
};
