import { neverThere } from '../../src/services/ec2/operations/never-there.ts';
import { neverThere as neverInIam } from '../../src/services/iam/operations/never-there.ts';

const ofNothing = Object.keys(neverThere);
const peering = { VpcPeeringConnectionIds: ['pcx-0123456789abcdef0'] };

/** Waiters that succeed at once for what was never there: it is gone. */
export const gone: Readonly<Record<string, object>> = {
  'ec2.SecurityGroupVpcAssociationDisassociated': {},
  'ec2.VolumeDeleted': { VolumeIds: ['vol-0123456789abcdef0'] },
  'ec2.VpcPeeringConnectionDeleted': peering,
};

/** What waiters in vain wait for, where an answer of nothing would be enough for them. */
export const absent: Readonly<Record<string, object>> = { 'ec2.VpcPeeringConnectionExists': peering };

/** Of waiters, by the operation that each asks: those for what nothing here creates. */
export const waitedInVain = (operations: Readonly<Record<string, string>>): string[] =>
  Object.keys(operations).filter((name) => ofNothing.includes(operations[name] ?? '') && !(name in gone));

/** Paginators that have one page at most. */
const singlePages = {
  'nothing creates them': [...ofNothing.map((operation) => `ec2.${operation}`), ...Object.keys(neverInIam).map((operation) => `iam.${operation}`)],
  'no address has a name for reverse DNS': ['ec2.DescribeAddressesAttribute'],
  'rules go stale with a peering connection, and there is none': ['ec2.DescribeStaleSecurityGroups'],
  'a page holds fifty tags, and no resource has more': ['sagemaker.ListTags'],
  'gateway endpoints, which alone use lists of AWS, are made for S3 alone': ['ec2.DescribePrefixLists'],
} as const;

export const onePage: ReadonlySet<string> = new Set<string>(Object.values(singlePages).flat());

/** The least that EC2 puts on a page, where it is not five. */
export const smallPages: readonly string[] = ['ec2.DescribeManagedPrefixLists', 'ec2.GetManagedPrefixListEntries'];

/** The least that a page holds: one, unless it is said. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTags.html */
export function leastOnPage(paginator: string): number {
  if (paginator === 'sagemaker.ListTags') return 50;
  return paginator.startsWith('ec2.') && !smallPages.includes(paginator) ? 5 : 1;
}
