import { describe, expect, it } from 'vitest';
import { addresses, enis, ids, sampleWorld } from '../../../test/kernel/network/sample-world.ts';
import { edge, edgeAddresses, edgeEnis, edgeWorld } from '../../../test/kernel/network/edge-world.ts';
import { arrivalText, hopsOf } from './hops.ts';
import { type Question, trace } from './trace.ts';
import type { World } from './world.ts';

const world = sampleWorld();
const wayOf = (question: Partial<Question>, w: World = world) => {
  const traced = trace(w, { from: enis.b, to: addresses.s3, protocol: 'tcp', port: 443, ...question });
  return { hops: hopsOf(w, traced).map(({ at, passed, text }) => `${passed ? '✓' : '✗'} ${at}: ${text}`), arrives: arrivalText(w, traced) };
};

describe('the way of a packet', () => {
  it('to S3 names the rule, the ACL entry, the route and the endpoint', () => {
    expect(wayOf({})).toEqual({
      hops: [
        `✓ ${enis.b}: source address and MAC are its own, or it forwards (source/destination check)`,
        `✓ ${enis.b}: security group ${ids.client}, sgr-0001: egress tcp 443 to ${ids.prefixList}`,
        `✓ ${enis.b}: network ACL ${ids.acl}, rule 100 allows it`,
        `✓ ${enis.b}: route table ${ids.s3Table}: ${ids.prefixList} → ${ids.endpoint}`,
        `✓ ${ids.endpoint}: the endpoint serves this port`,
      ],
      arrives: `${ids.endpoint} (com.amazonaws.us-east-1.s3)`,
    });
  });

  it('to a neighbour names the rules of both', () => {
    const { hops, arrives } = wayOf({ from: enis.b, to: addresses.server, port: 7999 });
    expect(hops).toContain(`✓ ${enis.b}: security group ${ids.client}, sgr-0002: egress tcp 7999 to ${ids.server}`);
    expect(hops.at(-1)).toBe(`✓ ${enis.server}: security group ${ids.server}, sgr-0004: ingress tcp 7999 from ${ids.client}`);
    expect(arrives).toBe(enis.server);
  });

  it('ends at the gate that refuses, with the words of the cause', () => {
    const { hops } = wayOf({ from: enis.a });
    expect(hops.at(-1)).toBe(`✗ ${enis.a}: route table ${ids.mainTable} has no route to prefix list ${ids.prefixList} (com.amazonaws.us-east-1.s3)`);
    expect(wayOf({ port: 22 }).hops.at(-1)).toBe(
      `✗ ${enis.b}: security group ${ids.client} has no egress rule that allows tcp 22 to ${ids.prefixList}`,
    );
  });

  it('to the resolver and to itself asks no rule', () => {
    expect(wayOf({ to: '10.0.0.2', protocol: 'udp', port: 53 }).arrives).toBe(`the resolver of ${ids.vpc}`);
    expect(wayOf({ to: addresses.b }).hops).toEqual([`✓ ${enis.b}: the address is its own: the packet does not leave`]);
  });

  it('whose answer is lost says that it did arrive', () => {
    const networkAcls = world.networkAcls.map((acl) =>
      acl.networkAclId === ids.acl ? { ...acl, entries: acl.entries.filter(({ direction }) => direction === 'egress') } : acl,
    );
    expect(wayOf({}, { ...world, networkAcls }).hops.at(-1)).toMatch(
      `✗ ${enis.b}: the answer is lost: network ACL ${ids.acl} of ${ids.subnetB} has no ingress rule that allows`,
    );
  });
});

describe('a way through gateways', () => {
  const w = edgeWorld();
  const way = (question: Partial<Question>) => wayOf({ from: edgeEnis.privateJob, to: addresses.s3, ...question }, w);

  it('names the table of the asker, the NAT gateway, and the table of the NAT gateway', () => {
    const { hops, arrives } = way({});
    const routes = hops.filter((hop) => hop.includes('route table'));
    expect(routes).toEqual([
      `✓ ${edgeEnis.privateJob}: route table ${edge.privateTable}: 0.0.0.0/0 → ${edge.nat}`,
      `✓ ${edgeEnis.nat}: route table ${edge.publicTable}: 0.0.0.0/0 → ${edge.gateway}`,
    ]);
    expect(hops).toContain(`✓ ${edgeEnis.nat}: ${edge.nat} sends it on under its own address`);
    expect(hops.at(-1)).toBe('✓ edge: at the internet edge somebody has this address');
    expect(arrives).toBe(`the internet edge, seen as ${edge.natIp}`);
  });

  it('ends at the internet gateway for who has no public address', () => {
    expect(way({ from: edgeEnis.publicJob }).hops.at(-1)).toBe(
      `✗ ${edge.gateway}: ${edgeEnis.publicJob} (${edgeAddresses.publicJob}) has no public address, and ${edge.gateway} passes only those that have one`,
    );
  });
});
