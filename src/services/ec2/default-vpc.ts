import { cidrOf, cidrSize, formatCidr, type Cidr } from '../../model/network/addresses.ts';
import { availabilityZonesOf } from '../../model/regions.ts';
import type { SubnetRow, VpcRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import { storedCidr } from './cidr-block.ts';
import * as errors from './errors.ts';
import { insertSubnet, isTaken } from './new-subnet.ts';
import { insertVpc } from './new-vpc.ts';
import { insertInternetGateway } from './new-internet-gateway.ts';
import { mainRouteTableOf, vpcChanged, type ResourceContext } from './resources.ts';
import type { RequestedTags } from './tags.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html */
const defaultBlock = storedCidr('172.31.0.0/16');
const subnetPrefixLength = 20;
const noTags: RequestedTags = { tags: new Map() };

export function findDefaultVpc({ store, accountId }: ResourceContext): VpcRow | undefined {
  return store.ec2.vpcs.list({ ownerId: accountId }).find(({ isDefault }) => isDefault);
}

/** With a subnet in every zone of the region, and its main table leading to the internet. */
export function insertDefaultVpc(context: OperationContext): VpcRow {
  const chosen = { instanceTenancy: 'default', enableDnsHostnames: true, isDefault: true } as const;
  const vpc = insertVpc(context, formatCidr(defaultBlock), chosen, noTags);
  leadToInternet(context, vpc.vpcId);
  for (const { zoneName } of availabilityZonesOf(context.region)) insertDefaultSubnet(context, vpc, zoneName);
  return vpc;
}

function leadToInternet(context: OperationContext, vpcId: string): void {
  const { internetGateways, routeTables } = context.store.ec2;
  const { internetGatewayId } = insertInternetGateway(context, noTags);
  internetGateways.update(internetGatewayId, { vpcId });
  const { routeTableId, routes } = mainRouteTableOf(context, vpcId);
  const target = { kind: 'internet-gateway', internetGatewayId } as const;
  routeTables.update(routeTableId, { routes: [...routes, { destination: { cidrBlock: '0.0.0.0/0' }, target, origin: 'CreateRoute' }] });
  vpcChanged(context, vpcId);
}

/** The first block of the default VPC that no subnet has. */
export function insertDefaultSubnet(context: OperationContext, { vpcId }: VpcRow, availabilityZone: string): SubnetRow {
  const free = subnetBlocks().find((cidr) => !isTaken(context, vpcId, cidr));
  if (free === undefined) throw errors.noRoomForDefaultSubnet(vpcId);
  return insertSubnet(context, free, { vpcId, availabilityZone, mapPublicIpOnLaunch: true, defaultForAz: true }, noTags);
}

function subnetBlocks(): Cidr[] {
  const size = 2 ** (32 - subnetPrefixLength);
  return Array.from({ length: cidrSize(defaultBlock) / size }, (_, index) => cidrOf(defaultBlock.base + index * size, subnetPrefixLength));
}
