import { formatCidr } from '../../../model/network/addresses.ts';
import type { OperationContext } from '../../operation.ts';
import { demandCreation } from '../authorization.ts';
import { refuseReserved, requestedCidr } from '../cidr-block.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { quotas } from '../quotas.ts';
import { vpcChanged, vpcOf } from '../resources.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';
import { noIpam, noIpv6, refuseUnsupported } from '../unsupported.ts';
import { defaultDhcpOptionsId, wireVpc } from '../vpc.ts';
import { openEntries } from '../network-acl.ts';

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
    const { store, accountId } = context;
    if (store.ec2.vpcs.count() >= quotas.vpcs) throw errors.limitExceeded('Vpc', 'VPCs');

    const vpcId = identify(context, 'vpc', requested);
    store.ec2.vpcs.insert({
      vpcId,
      number: store.identifiers.next('vpc'),
      generation: 0,
      ownerId: accountId,
      createdAt: context.now.toISOString(),
      cidrBlocks: [{ associationId: context.newId('vpc-cidr-assoc'), cidrBlock: formatCidr(cidr) }],
      instanceTenancy: tenancy,
      enableDnsSupport: true,
      enableDnsHostnames: false,
      isDefault: false,
      dhcpOptionsId: defaultDhcpOptionsId(context),
    });
    storeTags(context, vpcId, requested);
    insertMainRouteTable(context, vpcId, formatCidr(cidr));
    insertDefaultGroup(context, vpcId);
    insertDefaultAcl(context, vpcId);
    vpcChanged(context, vpcId);
    return { Vpc: { ...wireVpc(context, vpcOf(context, vpcId)), State: 'pending' } };
  },
};

function insertMainRouteTable(context: OperationContext, vpcId: string, cidrBlock: string): void {
  context.store.ec2.routeTables.insert({
    routeTableId: context.newId('rtb'),
    number: context.store.identifiers.next('route-table'),
    vpcId,
    ownerId: context.accountId,
    createdAt: context.now.toISOString(),
    main: true,
    associations: [{ associationId: context.newId('rtbassoc'), main: true }],
    routes: [{ destination: { cidrBlock }, target: { kind: 'local' }, origin: 'CreateRouteTable' }],
  });
}

/** Everything in from its own members, everything out. */
function insertDefaultGroup(context: OperationContext, vpcId: string): void {
  const groupId = context.newId('sg');
  context.store.ec2.securityGroups.insert({
    groupId,
    groupName: 'default',
    description: 'default VPC security group',
    vpcId,
    ownerId: context.accountId,
    createdAt: context.now.toISOString(),
    rules: [
      { securityGroupRuleId: context.newId('sgr'), direction: 'ingress', protocol: 'all', peer: { groupId } },
      { securityGroupRuleId: context.newId('sgr'), direction: 'egress', protocol: 'all', peer: { cidrBlock: '0.0.0.0/0' } },
    ],
  });
}

function insertDefaultAcl(context: OperationContext, vpcId: string): void {
  context.store.ec2.networkAcls.insert({
    networkAclId: context.newId('acl'),
    vpcId,
    ownerId: context.accountId,
    createdAt: context.now.toISOString(),
    isDefault: true,
    associations: [],
    entries: openEntries,
  });
}
