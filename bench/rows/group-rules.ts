import { compile } from '../../src/model/network/compile.ts';
import type { VpcPlan } from '../../src/model/network/plan.ts';
import type { NetworkInterface, SecurityGroup, SecurityGroupRule, World } from '../../src/model/network/world.ts';
import { Lab } from '../../test/kernel/network/lab.ts';
import { eni, openAcl, rule } from '../../test/kernel/network/sample-world.ts';
import { interleaved, ratios, spoken } from '../interleave.ts';
import { serveIperf, throughput } from '../iperf.ts';
import type { Row } from '../row.ts';

const port = 5201;
const clients = 'sg-0c';
const servers = 'sg-0d';
const [clientAddress, serverAddress] = ['10.0.0.10', '10.0.0.11'];

/** Two VPCs side by side that differ in the number of rules and members of their groups. Past the API's quotas: compiled and applied directly. */
export const groupRules: Row = {
  name: 'group-rules',
  programs: { iperf3: 'iperf3' },

  async measure({ quick, rounds }, leftovers) {
    const lab = await Lab.open();
    leftovers.add(async () => await lab.close());
    const many = quick ? 200 : 10_000;
    const few = await apply(lab, 1, 10);
    const full = await apply(lab, 2, many);
    for (const { server } of [few, full]) await serveIperf(server, leftovers);
    const seconds = quick ? 1 : 3;
    const pairs = await interleaved(
      rounds,
      async () => await throughput(full.client, serverAddress, seconds),
      async () => await throughput(few.client, serverAddress, seconds),
    );
    return [
      {
        what: `the same, ${many.toLocaleString('en')} rules and members of a group`,
        against: '10 rules and members',
        figures: ratios(pairs),
        unit: '×',
        bar: { atLeast: 0.9 },
        measured: spoken(pairs, 'Gbit/s', 1),
      },
    ];
  },
};

/** A VPC in the kernel, and the names of its two namespaces that exist. */
async function apply(lab: Lab, number: number, count: number): Promise<{ client: string; server: string }> {
  const vpcId = `vpc-0${number}`;
  const real = [number * 20_000 + 1, number * 20_000 + 2] as const;
  await lab.driver.apply(withTheseLinks(compile(world(number, vpcId, real, count), vpcId), new Set(real.map((eniNumber) => `e${eniNumber}`))));
  const name = (eniNumber: number): string => lab.eni(eniNumber).replace('/run/netns/', '');
  return { client: name(real[0]), server: name(real[1]) };
}

function world(number: number, vpcId: string, [client, server]: readonly [number, number], count: number): World {
  // The one that lets the traffic pass comes last.
  const rules: SecurityGroupRule[] = Array.from({ length: count - 1 }, (_, index) =>
    rule('ingress', 'tcp', { cidrBlock: `172.16.${index >> 8}.${index & 255}/32` }, 1 + (index % 60_000)),
  );
  const group = (groupId: string, ruled: readonly SecurityGroupRule[]): SecurityGroup => ({ groupId, groupName: groupId, vpcId, rules: ruled });
  const member = (index: number): NetworkInterface =>
    eni(number * 20_000 + 10 + index, `eni-0${number}${index}`, vpcId, 'subnet-0a', `10.0.${8 + (index >> 8)}.${index & 255}`, [clients]);
  return {
    region: 'us-east-1',
    vpcs: [{ vpcId, number, generation: 1, cidrBlocks: ['10.0.0.0/16'], enableDnsSupport: true, enableDnsHostnames: true }],
    subnets: [{ subnetId: 'subnet-0a', vpcId, cidrBlock: '10.0.0.0/16', availabilityZone: 'us-east-1a' }],
    routeTables: [
      {
        routeTableId: 'rtb-0a',
        number: 1,
        vpcId,
        main: true,
        subnetIds: [],
        routes: [{ destination: { cidrBlock: '10.0.0.0/16' }, target: { kind: 'local' } }],
      },
    ],
    networkAcls: [openAcl('acl-0a', vpcId)],
    securityGroups: [
      group(clients, [rule('egress', 'all', { cidrBlock: '0.0.0.0/0' })]),
      group(servers, [...rules, rule('ingress', 'tcp', { groupId: clients }, port)]),
    ],
    networkInterfaces: [
      eni(client, `eni-0${number}c`, vpcId, 'subnet-0a', clientAddress, [clients]),
      eni(server, `eni-0${number}d`, vpcId, 'subnet-0a', serverAddress, [servers]),
      ...Array.from({ length: count - 1 }, (_, index) => member(index)),
    ],
    gatewayEndpoints: [],
    interfaceEndpoints: [],
    internetGateways: [],
    elasticIps: [],
    natGateways: [],
    prefixLists: [],
  };
}

/** All rules, sets and maps as they are; but of the interfaces only those that carry traffic become namespaces. */
function withTheseLinks(plan: VpcPlan, links: ReadonlySet<string>): VpcPlan {
  const { router } = plan;
  const routes = router.routes.filter(({ device }) => device === undefined || device === 'lo' || links.has(device));
  return { ...plan, links: plan.links.filter(({ link }) => links.has(link)), router: { ...router, routes } };
}
