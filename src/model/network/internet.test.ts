import { describe, expect, it } from 'vitest';
import { edge, edgeAddresses, edgeEnis, edgeWorld } from '../../../test/kernel/network/edge-world.ts';
import { ids, openAcl } from '../../../test/kernel/network/sample-world.ts';
import { causeOfTrace } from './cause.ts';
import { compile } from './compile.ts';
import { edgePlan } from './edge.ts';
import { printRuleset } from './ruleset-text.ts';
import { type Question, trace } from './trace.ts';
import type { NetworkAclEntry, RouteTarget, World } from './world.ts';

const s3 = '198.18.0.10';
const ask = (world: World, from: string, to: string, more: Partial<Question> = {}) => trace(world, { from, to, protocol: 'tcp', port: 443, ...more });
const causeOf = (world: World, from: string, to: string, more: Partial<Question> = {}): string | undefined =>
  causeOfTrace(world, ask(world, from, to, more))?.text;

const withTarget = (world: World, routeTableId: string, target: RouteTarget): World => ({
  ...world,
  routeTables: world.routeTables.map((table) =>
    table.routeTableId === routeTableId ? { ...table, routes: [{ destination: { cidrBlock: '0.0.0.0/0' }, target }] } : table,
  ),
});

describe('what the kernel is given', () => {
  it('is this for an internet gateway and a NAT gateway', async () => {
    const { links, router } = compile(edgeWorld(), ids.vpc);
    const gateway = links.find(({ owner }) => owner.kind === 'internet-gateway');
    const nat = links.find(({ id }) => id === edgeEnis.nat);
    await expect(gateway?.insideRuleset).toMatchFileSnapshot('golden/internet-gateway.nft');
    await expect(nat?.insideRuleset).toMatchFileSnapshot('golden/nat-gateway.nft');
    await expect(printRuleset(router.ruleset)).toMatchFileSnapshot('golden/router-with-internet.nft');
    expect(gateway?.edge?.publicIps).toEqual([edge.natIp, edge.hostIp]);
  });

  it('is this for the edge', async () => {
    await expect(printRuleset(edgePlan().ruleset)).toMatchFileSnapshot('golden/edge.nft');
  });
});

describe('the way to the internet', () => {
  it('goes through the NAT gateway and on as its own packet, seen under its Elastic IP', () => {
    const { verdict, route, arrivesAt, steps } = ask(edgeWorld(), edgeEnis.privateJob, s3);
    expect([verdict, route?.target, route?.targetId, arrivesAt]).toEqual(['accepted', 'nat-gateway', edge.nat, { kind: 'edge', source: edge.natIp }]);
    expect(steps.map(({ gate, leg }) => [gate, leg?.source])).toEqual([
      ['anti-spoofing', undefined],
      ['egress-groups', undefined],
      ['egress-acl', undefined],
      ['route', undefined],
      ['ingress-acl', undefined],
      ['nat-gateway', undefined],
      ['anti-spoofing', edgeAddresses.nat],
      ['egress-groups', edgeAddresses.nat],
      ['egress-acl', edgeAddresses.nat],
      ['route', edgeAddresses.nat],
      ['internet-gateway', edgeAddresses.nat],
      ['edge', edgeAddresses.nat],
    ]);
  });

  it('ends at the gateway for who has no public address, and says so', () => {
    expect(causeOf(edgeWorld(), edgeEnis.publicJob, s3)).toBe(
      `Could not reach ${s3}:443 from ${edge.publicSubnet}: ${edgeEnis.publicJob} (${edgeAddresses.publicJob}) has no public address, and ${edge.gateway} passes only those that have one. Route ${edge.publicSubnet} through a NAT gateway in a public subnet.`,
    );
  });

  it('ends at a NAT gateway whose own subnet leads back to it, and says so', () => {
    const world = withTarget(edgeWorld(), edge.publicTable, { kind: 'nat-gateway', natGatewayId: edge.nat });
    expect(causeOf(world, edgeEnis.privateJob, s3)).toContain(
      `route table ${edge.publicTable} of NAT gateway ${edge.nat} leads back to a NAT gateway, not to an internet gateway.`,
    );
  });

  it('ends at the table of the NAT gateway’s subnet when that leads nowhere, and names that table', () => {
    const world = withTarget(edgeWorld(), edge.publicTable, { kind: 'blackhole' });
    expect(causeOf(world, edgeEnis.privateJob, s3)).toContain(`the route of route table ${edge.publicTable} to`);
  });

  it('ends at the edge, which has no uplink', () => {
    expect(causeOf(edgeWorld(), edgeEnis.privateJob, '8.8.8.8')).toContain('nothing answers tcp 443 at 8.8.8.8: the internet edge has no uplink');
  });

  it('meets the ACL of the NAT gateway’s subnet, the answer too', () => {
    const world = edgeWorld();
    const entries = (ingress: NetworkAclEntry[]): World => ({
      ...world,
      networkAcls: [
        ...world.networkAcls,
        {
          ...openAcl('acl-0e', ids.vpc),
          isDefault: false,
          subnetIds: [edge.publicSubnet],
          entries: [...openAcl('', '').entries.filter(({ direction }) => direction === 'egress'), ...ingress],
        },
      ],
    });
    const clients: NetworkAclEntry = { direction: 'ingress', ruleNumber: 1, action: 'allow', protocol: 'all', peer: { cidrBlock: '10.0.12.0/24' } };
    const { decidedBy } = ask(entries([clients]), edgeEnis.privateJob, s3);
    expect(decidedBy).toMatchObject({ gate: 'ingress-acl', passed: false, reply: true, at: edgeEnis.nat, networkAclId: 'acl-0e' });
    expect(causeOf(entries([clients]), edgeEnis.privateJob, s3)).toContain('network ACL acl-0e');
    expect(causeOf(entries([]), edgeEnis.privateJob, s3)).toContain(`into its subnet from ${edgeAddresses.privateJob}`);
  });

  it('comes back in to an Elastic IP, and meets the groups there', () => {
    const { verdict, arrivesAt } = ask(edgeWorld(), edgeEnis.privateJob, edge.hostIp, { port: 7000 });
    expect([verdict, arrivesAt]).toEqual(['accepted', { kind: 'network-interface', networkInterfaceId: edgeEnis.host }]);
    expect(causeOf(edgeWorld(), edgeEnis.privateJob, edge.hostIp)).toContain(
      `security group ${edge.group} has no ingress rule that allows tcp 443 from ${edge.natIp}`,
    );
    expect(causeOf(edgeWorld(), edgeEnis.host, edge.natIp)).toContain(`${edge.nat} takes no connections to its own address`);
  });
});
