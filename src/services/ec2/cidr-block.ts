import { cidrsOverlap, parseCidr, type Cidr } from '../../model/network/addresses.ts';
import { reserved } from '../../model/network/reserved.ts';
import { assert } from '../../stdx/assert.ts';
import * as errors from './errors.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const widestPrefixLength = 16;
const narrowestPrefixLength = 28;

/** Ranges that are no unicast addresses, which EC2 refuses as well. */
const notUnicast = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4'];

const reservedFor: Readonly<Record<keyof typeof reserved, string>> = {
  s3: 'Cloister keeps for the addresses of S3',
  edgeApis: 'Cloister keeps for the addresses of the AWS APIs',
  uplinks: 'Cloister keeps for the uplink of the internet edge',
  elasticIps: 'Cloister keeps for Elastic IPs',
  linkLocal: 'is link-local',
};

/** A block that the store holds. */
export function storedCidr(cidrBlock: string): Cidr {
  const cidr = parseCidr(cidrBlock);
  assert(cidr !== undefined, `a stored block is a CIDR block: ${cidrBlock}`);
  return cidr;
}

/** The block of a new VPC or subnet, in canonical form. */
export function requestedCidr(cidrBlock: string, outOfRange: (cidrBlock: string) => Error): Cidr {
  const cidr = parseCidr(cidrBlock);
  if (cidr === undefined) throw errors.invalidCidrBlock(cidrBlock);
  if (cidr.prefixLength < widestPrefixLength || cidr.prefixLength > narrowestPrefixLength) throw outOfRange(cidrBlock);
  return cidr;
}

/** Refuses what could not be told from Cloister's own packets, and says why. */
export function refuseReserved(cidrBlock: string, cidr: Cidr): void {
  if (notUnicast.some((block) => cidrsOverlap(cidr, storedCidr(block)))) throw errors.vpcRange(cidrBlock);
  for (const name of Object.keys(reserved) as (keyof typeof reserved)[]) {
    const range = reserved[name];
    if (cidrsOverlap(cidr, storedCidr(range))) throw errors.vpcRange(cidrBlock, `It overlaps ${range}, which ${reservedFor[name]}.`);
  }
}
