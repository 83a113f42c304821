import { unsupported } from './errors.ts';

/** Reasons that many members share. */
export const noIpv6 = 'there is no IPv6 in these networks';
export const noIpam = 'there is no address manager (IPAM)';
export const noOutposts = 'there are no Outposts, local zones or local gateways';
export const otherEndpointKinds = 'there are gateway and interface endpoints of services';

/** False, zero, empty, absent, and structures of such: they ask for nothing and are accepted. */
function asksForNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.values(value).every((member) => asksForNothing(member));
}

/** Refuses by name every member of `reasons` that asks for something: what is not enforced is not accepted. */
export function refuseUnsupported<Input extends object>(input: Input, reasons: { readonly [Member in keyof Input]?: string }): void {
  for (const member of Object.keys(reasons) as (keyof Input & string)[]) {
    if (!asksForNothing(input[member])) throw unsupported(member, reasons[member] ?? 'it is not enforced');
  }
}
