import { privateDomainOf } from '../regions.ts';

/** A set of DHCP options: the values of each key, as `domain-name-servers`. */
export type DhcpConfigurations = Readonly<Record<string, readonly string[]>>;

/** As a name server: the resolver of the VPC itself. */
export const amazonProvidedDns = 'AmazonProvidedDNS';
/** As the id of a VPC's set: there is none. */
export const noDhcpOptions = 'default';

/** The set that every VPC is born with. */
export function bornDhcpConfigurations(region: string): DhcpConfigurations {
  return { 'domain-name': [privateDomainOf(region)], 'domain-name-servers': [amazonProvidedDns] };
}

/** Whom an instance asks for names, and what it puts behind short ones. */
export interface NameLookup {
  readonly nameServers: readonly string[];
  readonly searchDomains: readonly string[];
}

/** What a set says about names; `providedAddress` is where the VPC's own resolver answers. */
export function nameLookupOf(configurations: DhcpConfigurations, providedAddress: string): NameLookup {
  const servers = configurations['domain-name-servers'] ?? [];
  const domains = configurations['domain-name'] ?? [];
  return {
    nameServers: [...new Set(servers.map((server) => (server === amazonProvidedDns ? providedAddress : server)))],
    // One value may hold several domains, which Linux takes as such.
    searchDomains: domains.flatMap((domain) => domain.split(' ')).filter((domain) => domain !== ''),
  };
}
