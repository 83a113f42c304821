import { cidrContainsCidr, cidrsOverlap, formatCidr, type Cidr } from '../../model/network/addresses.ts';
import type { RouteTableRow, VpcRow } from '../../store/ec2.ts';
import { storedCidr } from './cidr-block.ts';
import * as errors from './errors.ts';
import { quotas } from './quotas.ts';
import type { ResourceContext } from './resources.ts';

type Association = VpcRow['cidrBlocks'][number];

const lowTens = storedCidr('10.0.0.0/15');
const lowestTens = storedCidr('10.0.0.0/16');
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map((text) => storedCidr(text));
const ofDefaultVpcs = storedCidr('172.31.0.0/16');

/** The private range that a block is of. */
const privateRangeOf = (cidr: Cidr): Cidr | undefined => privateRanges.find((range) => cidrContainsCidr(range, cidr));

/**
 * Whether a block may stand beside one that the VPC has
 * (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions). No VPC has any of
 * 198.19.0.0/16 here.
 */
function mayStandBeside(existing: Cidr, added: Cidr): boolean {
  const range = privateRangeOf(existing);
  const addedRange = privateRangeOf(added);
  if (addedRange === undefined) return true;
  if (addedRange !== range) return false;
  if (range === privateRanges[0]) return !(cidrsOverlap(existing, lowTens) && cidrsOverlap(added, lowestTens));
  return !(range === privateRanges[1] && cidrsOverlap(added, ofDefaultVpcs));
}

/** Whether the VPC can have one more block, this one. */
export function checkSecondaryBlock({ vpcId, cidrBlocks }: VpcRow, cidr: Cidr): void {
  const existing = cidrBlocks.map(({ cidrBlock }) => storedCidr(cidrBlock));
  if (existing.some((block) => cidrsOverlap(block, cidr))) throw errors.vpcBlockConflict(formatCidr(cidr));
  if (!existing.every((block) => mayStandBeside(block, cidr))) throw errors.restrictedBlock(formatCidr(cidr));
  if (cidrBlocks.length >= quotas.cidrBlocksPerVpc) throw errors.tooManyBlocks(vpcId, quotas.cidrBlocksPerVpc);
}

/** A block as wide as what a route leads elsewhere, or wider, would take the route's packets. */
export function refuseRouted(tables: readonly RouteTableRow[], cidr: Cidr): void {
  for (const { routeTableId, routes } of tables) {
    for (const { destination, target } of routes) {
      if (target.kind === 'local' || !('cidrBlock' in destination)) continue;
      if (cidrContainsCidr(cidr, storedCidr(destination.cidrBlock))) throw errors.blockRouted(formatCidr(cidr), routeTableId, destination.cidrBlock);
    }
  }
}

export function cidrAssociationOf(
  { store, accountId }: ResourceContext,
  associationId: string,
): { readonly vpc: VpcRow; readonly association: Association } | undefined {
  for (const vpc of store.ec2.vpcs.list({ ownerId: accountId })) {
    const association = vpc.cidrBlocks.find((each) => each.associationId === associationId);
    if (association !== undefined) return { vpc, association };
  }
  return undefined;
}
