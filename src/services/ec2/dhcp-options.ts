import type { DhcpOptions } from '@aws-sdk/client-ec2';
import { parseAddress } from '../../model/network/addresses.ts';
import { amazonProvidedDns, bornDhcpConfigurations, type DhcpConfigurations } from '../../model/network/dhcp.ts';
import type { DhcpOptionsRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import type { Ec2Input } from './ec2-operation.ts';
import * as errors from './errors.ts';
import type { FilterTable } from './filters.ts';
import { dhcpOptionsOf, type ResourceContext } from './resources.ts';
import { wireTags } from './tags.ts';
import { noIpv6 } from './unsupported.ts';
import { defaultDhcpOptionsId } from './vpc.ts';

type DhcpContext = ResourceContext & Pick<OperationContext, 'region'>;

/** The set that VPCs are born with. It has no row: it is there by itself. */
function bornSet(context: DhcpContext): DhcpOptionsRow {
  const { accountId: ownerId, region } = context;
  return { dhcpOptionsId: defaultDhcpOptionsId(context), ownerId, createdAt: '', configurations: bornDhcpConfigurations(region) };
}

export function dhcpSetsOf(context: DhcpContext): DhcpOptionsRow[] {
  const own = context.store.ec2.dhcpOptions.list({ ownerId: context.accountId });
  return [bornSet(context), ...own].sort((a, b) => (a.dhcpOptionsId < b.dhcpOptionsId ? -1 : 1));
}

export function dhcpSetOf(context: DhcpContext, id: string): DhcpOptionsRow {
  return id === defaultDhcpOptionsId(context) ? bornSet(context) : dhcpOptionsOf(context, id);
}

export function wireDhcpOptions(context: ResourceContext, { dhcpOptionsId, ownerId, configurations }: DhcpOptionsRow): DhcpOptions {
  return {
    DhcpOptionsId: dhcpOptionsId,
    OwnerId: ownerId,
    DhcpConfigurations: Object.entries(configurations).map(([Key, values]) => ({ Key, Values: values.map((Value) => ({ Value })) })),
    Tags: wireTags(context, dhcpOptionsId),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeDhcpOptions.html */
export const dhcpOptionsFilters: FilterTable<DhcpOptionsRow> = {
  'dhcp-options-id': ({ dhcpOptionsId }) => dhcpOptionsId,
  key: ({ configurations }) => Object.keys(configurations),
  'owner-id': ({ ownerId }) => ownerId,
  value: ({ configurations }) => Object.values(configurations).flat(),
};

const addressesMax = 4;
const domains = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?: [a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)*$/;
const isAddress = (value: string): boolean => parseAddress(value) !== undefined;

/** How many values a key may have, and what each must be. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html */
const keys: Readonly<Record<string, { readonly valuesMax: number; readonly test: (value: string) => boolean }>> = {
  'domain-name-servers': { valuesMax: addressesMax, test: (value) => value === amazonProvidedDns || isAddress(value) },
  'domain-name': { valuesMax: 1, test: (value) => value.length <= 253 && domains.test(value) },
  'ntp-servers': { valuesMax: addressesMax, test: isAddress },
  'netbios-name-servers': { valuesMax: addressesMax, test: isAddress },
  'netbios-node-type': { valuesMax: 1, test: (value) => ['1', '2', '4', '8'].includes(value) },
};

/** The set that a request describes, checked. What reaches `resolv.conf` is addresses and domains alone. */
export function requestedConfigurations({ DhcpConfigurations: requested }: Ec2Input<'CreateDhcpOptions'>): DhcpConfigurations {
  if (requested.length === 0) throw errors.parameterRequired('dhcpConfiguration');
  const configurations = new Map<string, readonly string[]>();
  for (const { Key: key, Values: values = [] } of requested) {
    if (key === undefined || key === '') throw errors.parameterRequired('key');
    if (configurations.has(key)) throw errors.invalidParameterValue(`The DHCP option ${key} is given more than once.`);
    configurations.set(key, checkedValues(key, values));
  }
  return Object.fromEntries(configurations);
}

function checkedValues(key: string, values: readonly string[]): readonly string[] {
  if (key === 'ipv6-address-preferred-lease-time' || values.some((value) => value.includes(':'))) throw errors.unsupported(key, noIpv6);
  const rule = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (rule === undefined) throw errors.invalidParameterValue(`Value (${key}) for parameter key is invalid. Unknown DHCP option`);
  if (values.length === 0) throw errors.missingParameter(`The DHCP option ${key} must have a value`);
  if (values.length > rule.valuesMax) throw errors.invalidParameterValue(`The DHCP option ${key} may have ${rule.valuesMax} values at most.`);
  const wrong = values.find((value) => !rule.test(value));
  if (wrong !== undefined) throw errors.invalidParameterValue(`Value (${wrong}) for parameter value is invalid. Invalid ${key}.`);
  return values;
}
