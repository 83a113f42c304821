import { expect, it } from 'vitest';
import { dhcpFailure } from './dhcp-failure.ts';

const servers = { 'domain-name-servers': ['AmazonProvidedDNS'] };

it('passes options that name servers and a domain', () => {
  expect(dhcpFailure('dopt-1', { ...servers, 'domain-name': ['example.com'] })).toBeUndefined();
});

it.each([
  [servers, 'DomainNameServers:[AmazonProvidedDNS] DomainNameSearch:<nil>'],
  [{ 'domain-name': ['a.test'] }, 'DomainNameServers:<nil> DomainNameSearch:[a.test]'],
  [{}, 'DomainNameServers:<nil> DomainNameSearch:<nil>'],
  [{ ...servers, 'domain-name': [] }, 'DomainNameSearch:[]'],
])('names the set that lacks one of them: %o', (configurations, shown) => {
  const failure = dhcpFailure('dopt-1', configurations);
  expect(failure).toMatch(/^ClientError: expected DHCP options to include keys domain-name-servers and domain-name, but missing/u);
  expect(failure).toContain(`{DhcpOptionsId:dopt-1 `);
  expect(failure).toContain(shown);
});
