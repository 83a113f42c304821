import type { ManagedPrefixList } from '@aws-sdk/client-ec2';
import type { PrefixList } from '../../model/network/world.ts';
import { s3PrefixListOf } from '../../model/regions.ts';
import type { Demand } from '../../model/policy/decision.ts';
import { present } from '../../stdx/assert.ts';
import type { PrefixListRow, PrefixListVersion } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import { arnOf, demandOn } from './authorization.ts';
import { ownedBy } from './describe.ts';
import type { Ec2OperationName } from './ec2-operation.ts';
import * as errors from './errors.ts';
import type { FilterTable } from './filters.ts';
import { prefixListRowOf, vpcChanged, type ResourceContext } from './resources.ts';
import { wireTags } from './tags.ts';

type ListContext = ResourceContext & Pick<OperationContext, 'region'>;

/** Who owns the lists that AWS manages. */
const awsOwner = 'AWS';

/** A list and its blocks as they are now; `row` when the account manages it. */
export interface AnyPrefixList extends PrefixList {
  readonly row?: PrefixListRow;
}

export const currentVersionOf = ({ versions }: PrefixListRow): PrefixListVersion => present(versions.at(-1), 'a prefix list has a version');

const ownList = (row: PrefixListRow): AnyPrefixList => ({
  prefixListId: row.prefixListId,
  prefixListName: row.prefixListName,
  cidrBlocks: currentVersionOf(row).entries.map(({ cidrBlock }) => cidrBlock),
  row,
});

const isAwsList = ({ region }: Pick<OperationContext, 'region'>, id: string): boolean => id === s3PrefixListOf(region).prefixListId;

/** AWS's list of S3, and the account's own. */
export function prefixListsOf(context: ListContext): AnyPrefixList[] {
  const own = ownedBy(context, context.store.ec2.prefixLists.list()).map((row) => ownList(row));
  return [s3PrefixListOf(context.region), ...own].sort((a, b) => (a.prefixListId < b.prefixListId ? -1 : 1));
}

export function prefixListOf(context: ListContext, id: string): AnyPrefixList {
  return isAwsList(context, id) ? s3PrefixListOf(context.region) : ownList(prefixListRowOf(context, id));
}

/** A list that the account may change. */
export function ownPrefixListOf(context: ListContext, id: string): PrefixListRow {
  if (isAwsList(context, id)) throw errors.awsListStays(id);
  return prefixListRowOf(context, id);
}

/** How many rules a rule counts for, and how many routes a route: of a list, as many as it may have entries, used or not. */
export function prefixListWeight(context: ListContext, id: string): number {
  return isAwsList(context, id) ? 1 : prefixListRowOf(context, id).maxEntries;
}

/** AWS's lists have no account in their ARN. */
function prefixListArn(context: Pick<OperationContext, 'region' | 'accountId'>, id: string): string {
  return isAwsList(context, id) ? `arn:aws:ec2:${context.region}:aws:prefix-list/${id}` : arnOf(context, 'prefix-list', id);
}

export const demandOnList = (context: OperationContext, operation: Ec2OperationName, id: string): Demand[] => [
  { ...demandOn(context, operation, id), resource: prefixListArn(context, id) },
];

export function wirePrefixList(context: ListContext, { prefixListId, prefixListName, row }: AnyPrefixList): ManagedPrefixList {
  const own =
    row === undefined
      ? { State: 'create-complete' as const, OwnerId: awsOwner }
      : { State: row.state, OwnerId: row.ownerId, MaxEntries: row.maxEntries, Version: currentVersionOf(row).version };
  return {
    PrefixListId: prefixListId,
    PrefixListName: prefixListName,
    PrefixListArn: prefixListArn(context, prefixListId),
    AddressFamily: 'IPv4',
    ...own,
    Tags: wireTags(context, prefixListId),
  };
}

/** An own list just written, as AWS answers to the change: it is still on its way. */
export function wireChangedList(context: ListContext, id: string, State: ManagedPrefixList['State']): ManagedPrefixList {
  return { ...wirePrefixList(context, prefixListOf(context, id)), State };
}

/** A group or a route table that speaks of a list. */
export interface PrefixListReference {
  readonly resourceId: string;
  readonly ownerId: string;
  readonly vpcId: string;
}

export function prefixListReferences({ store }: ResourceContext, id: string): PrefixListReference[] {
  const { securityGroups, routeTables } = store.ec2;
  const groups = securityGroups.list().filter(({ rules }) => rules.some(({ peer }) => 'prefixListId' in peer && peer.prefixListId === id));
  const tables = routeTables
    .list()
    .filter(({ routes }) => routes.some(({ destination }) => 'prefixListId' in destination && destination.prefixListId === id));
  return [
    ...tables.map(({ routeTableId, ownerId, vpcId }) => ({ resourceId: routeTableId, ownerId, vpcId })),
    ...groups.map(({ groupId, ownerId, vpcId }) => ({ resourceId: groupId, ownerId, vpcId })),
  ];
}

/** Other entries are other packets wherever the list is spoken of. */
export function prefixListChanged(context: OperationContext, id: string): void {
  for (const vpcId of new Set(prefixListReferences(context, id).map((reference) => reference.vpcId))) vpcChanged(context, vpcId);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html */
export const prefixListFilters: FilterTable<AnyPrefixList> = {
  'owner-id': ({ row }) => row?.ownerId ?? awsOwner,
  'prefix-list-id': ({ prefixListId }) => prefixListId,
  'prefix-list-name': ({ prefixListName }) => prefixListName,
};
