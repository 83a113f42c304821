import { reserved } from './network/reserved.ts';
import type { PrefixList } from './network/world.ts';

export interface AvailabilityZone {
  /** `us-east-1a` */
  readonly zoneName: string;
  /** `use1-az1` */
  readonly zoneId: string;
}

/** Regions whose zones are not a, b, c. */
const zoneLetters: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'acd',
  'ap-northeast-2': 'abcd',
  'ca-central-1': 'abd',
  'us-east-1': 'abcdef',
  'us-west-1': 'ac',
  'us-west-2': 'abcd',
};

/** The ids that AWS's own S3 prefix lists have, as published in rules and route tables. */
const s3PrefixListIds: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'pl-61a54008',
  'ap-northeast-2': 'pl-78a54011',
  'ap-northeast-3': 'pl-a4a540cd',
  'ap-south-1': 'pl-78a54011',
  'ap-southeast-1': 'pl-6fa54006',
  'ap-southeast-2': 'pl-6ca54005',
  'ca-central-1': 'pl-7da54014',
  'eu-central-1': 'pl-6ea54007',
  'eu-north-1': 'pl-c3aa4faa',
  'eu-west-1': 'pl-6da54004',
  'eu-west-2': 'pl-7ca54015',
  'sa-east-1': 'pl-6aa54003',
  'us-east-1': 'pl-63a5400a',
  'us-east-2': 'pl-7ba54012',
  'us-west-1': 'pl-6ba54002',
  'us-west-2': 'pl-68a54001',
};

const directions: Readonly<Record<string, string>> = { northeast: 'ne', northwest: 'nw', southeast: 'se', southwest: 'sw' };

/** `us-east-1` → `use1`, `ap-southeast-2` → `apse2`, `us-gov-west-1` → `usgw1`: how AWS shortens a region in zone ids. */
function shortName(region: string): string {
  const [area = '', ...rest] = region.split('-');
  return area + rest.map((word) => directions[word] ?? word.slice(0, 1)).join('');
}

/** On AWS each account sees its own order of zones; here name and id go in the same order. */
export function availabilityZonesOf(region: string): readonly AvailabilityZone[] {
  const letters = zoneLetters[region] ?? 'abc';
  return Array.from(letters, (letter, index) => ({ zoneName: `${region}${letter}`, zoneId: `${shortName(region)}-az${index + 1}` }));
}

/** 32-bit FNV-1a: eight digits that are always the same for a text, such as the id of a region whose real one is not known. */
export function stableHex(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

export function s3ServiceName(region: string): string {
  return `com.amazonaws.${region}.s3`;
}

/** The AWS-managed prefix list of S3: AWS's id and name, Cloister's addresses. */
export function s3PrefixListOf(region: string): PrefixList {
  return {
    prefixListId: s3PrefixListIds[region] ?? `pl-${stableHex(region)}`,
    prefixListName: s3ServiceName(region),
    cidrBlocks: [reserved.s3],
  };
}

/** Where the private names of interfaces end: `ip-10-0-0-4.ec2.internal`. */
export function privateDomainOf(region: string): string {
  return region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
}
