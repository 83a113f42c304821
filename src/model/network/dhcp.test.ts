import { expect, it } from 'vitest';
import { bornDhcpConfigurations, nameLookupOf } from './dhcp.ts';

it('asks the resolver of the VPC by the set that VPCs are born with', () => {
  expect(nameLookupOf(bornDhcpConfigurations('us-east-1'), '10.0.0.2')).toEqual({ nameServers: ['10.0.0.2'], searchDomains: ['ec2.internal'] });
  expect(nameLookupOf(bornDhcpConfigurations('eu-west-1'), '10.0.0.2').searchDomains).toEqual(['eu-west-1.compute.internal']);
});

it('asks the servers that a set names, in its order, and knows several domains', () => {
  const own = { 'domain-name-servers': ['10.0.1.7', 'AmazonProvidedDNS'], 'domain-name': ['corp.example lab.example'] };
  expect(nameLookupOf(own, '10.0.0.2')).toEqual({ nameServers: ['10.0.1.7', '10.0.0.2'], searchDomains: ['corp.example', 'lab.example'] });
});

it('asks nobody without a set', () => {
  expect(nameLookupOf({}, '10.0.0.2')).toEqual({ nameServers: [], searchDomains: [] });
});
