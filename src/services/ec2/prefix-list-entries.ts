import { formatCidr, parseCidr } from '../../model/network/addresses.ts';
import { serviceListPrefix } from '../../model/network/reserved.ts';
import type { PrefixListRow, PrefixListVersion } from '../../store/ec2.ts';
import * as errors from './errors.ts';
import { currentVersionOf } from './prefix-list.ts';
import { quotas } from './quotas.ts';
import { checkRuleDescription } from './security-group-permission.ts';

type Entry = PrefixListVersion['entries'][number];

const nameCharacters = 255;
/** In one request. */
const entriesAtOnce = 100;

export function checkPrefixListName(name: string): void {
  if (name === '') throw errors.parameterRequired('prefixListName');
  if (name.length > nameCharacters) throw errors.invalidParameterValue(`Value (${name}) for parameter prefixListName is invalid.`);
  if (name.startsWith(serviceListPrefix)) throw errors.serviceListName(name);
}

export function checkMaxEntries(maxEntries: number): void {
  if (maxEntries < 1 || maxEntries > quotas.entriesPerPrefixList) {
    throw errors.invalidParameterValue(`Value (${maxEntries}) for parameter maxEntries is invalid. Must specify a max size between 1 and 1000`);
  }
}

function requestedBlock(text: string | undefined): string {
  const cidr = parseCidr(text ?? '');
  if (cidr === undefined) throw errors.invalidParameterValue(`The CIDR '${text ?? ''}' is invalid.`);
  return formatCidr(cidr);
}

interface EntryInput {
  readonly Cidr?: string | undefined;
  readonly Description?: string | undefined;
}

export function requestedEntries(inputs: readonly EntryInput[]): Entry[] {
  if (inputs.length > entriesAtOnce) throw errors.invalidParameterValue(`A request may name ${entriesAtOnce} entries at most.`);
  const entries = inputs.map(({ Cidr, Description }) => ({ cidrBlock: requestedBlock(Cidr), ...checkRuleDescription(Description) }));
  const seen = new Set<string>();
  for (const { cidrBlock } of entries) {
    if (seen.has(cidrBlock)) throw errors.prefixListEntryRepeated(cidrBlock);
    seen.add(cidrBlock);
  }
  return entries;
}

/** The entries after a change: those taken away must be there, those added must not. */
export function changedEntries(before: readonly Entry[], add: readonly EntryInput[], remove: readonly EntryInput[]): Entry[] {
  const added = requestedEntries(add);
  const removed = new Set(requestedEntries(remove).map(({ cidrBlock }) => cidrBlock));
  const both = added.find(({ cidrBlock }) => removed.has(cidrBlock));
  if (both !== undefined) throw errors.prefixListEntryBothWays(both.cidrBlock);
  const present = new Set(before.map(({ cidrBlock }) => cidrBlock));
  const absent = [...removed].find((cidrBlock) => !present.has(cidrBlock));
  if (absent !== undefined) throw errors.prefixListEntryAbsent(absent);
  const again = added.find(({ cidrBlock }) => present.has(cidrBlock));
  if (again !== undefined) throw errors.prefixListEntryRepeated(again.cidrBlock);
  return [...before.filter(({ cidrBlock }) => !removed.has(cidrBlock)), ...added];
}

/** The versions with one more; the oldest goes when there are too many. */
export function withVersion(row: PrefixListRow, entries: readonly Entry[]): Pick<PrefixListRow, 'versions'> {
  if (entries.length > row.maxEntries) throw errors.tooManyPrefixListEntries();
  const version = currentVersionOf(row).version + 1;
  return { versions: [...row.versions, { version, entries }].slice(-quotas.versionsPerPrefixList) };
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/work-with-cust-managed-prefix-lists.html */
export function checkVersion(row: PrefixListRow, version: number | undefined): void {
  if (version !== undefined && version !== currentVersionOf(row).version) throw errors.prefixListVersionMismatch();
}

export function versionOf({ prefixListId, versions }: PrefixListRow, version: number): PrefixListVersion {
  const found = versions.find((candidate) => candidate.version === version);
  if (found === undefined) throw errors.prefixListVersionNotFound(prefixListId, version);
  return found;
}
