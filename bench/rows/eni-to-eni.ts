import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { present } from '../../src/stdx/assert.ts';
import { interleaved, ratios, spoken } from '../interleave.ts';
import { serveIperf, throughput } from '../iperf.ts';
import { openLab } from '../lab.ts';
import { run } from '../programs.ts';
import type { Row } from '../row.ts';

/** Not used inside VPCs. */
const bare = { client: '192.0.2.1', server: '192.0.2.2' } as const;

/** Two interfaces of one VPC, each with a group of its own, made by the API; and a cable between the same two namespaces. */
export const eniToEni: Row = {
  name: 'eni-to-eni',
  programs: { iperf3: 'iperf3' },

  async measure({ quick, rounds }, leftovers) {
    const lab = await openLab(leftovers);
    const network = await lab.makeNetwork();
    const { GroupId } = await lab.ec2.send(
      new CreateSecurityGroupCommand({ VpcId: network.vpcId, GroupName: 'servers', Description: 'receive from the other group' }),
    );
    const servers = { ...network, groupId: present(GroupId, 'a group has an id') };
    const fromClients = { IpProtocol: 'tcp', FromPort: 5201, ToPort: 5201, UserIdGroupPairs: [{ GroupId: network.groupId }] };
    await lab.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: servers.groupId, IpPermissions: [fromClients] }));
    const client = await lab.makeInterface(network);
    const server = await lab.makeInterface(servers);

    // They go with the namespaces that they are in.
    await run(['ip', '-n', client.namespace, 'link', 'add', 'bare', 'type', 'veth', 'peer', 'name', 'bare', 'netns', server.namespace]);
    for (const [namespace, address] of [
      [client.namespace, bare.client],
      [server.namespace, bare.server],
    ] as const) {
      await run(['ip', '-n', namespace, 'address', 'add', `${address}/30`, 'dev', 'bare']);
      await run(['ip', '-n', namespace, 'link', 'set', 'bare', 'up']);
    }

    await serveIperf(server.namespace, leftovers);
    const seconds = quick ? 1 : 3;
    const pairs = await interleaved(
      rounds,
      async () => await throughput(client.namespace, server.address, seconds),
      async () => await throughput(client.namespace, bare.server, seconds),
    );
    return [
      {
        what: 'ENI to ENI, same VPC, through two groups',
        against: 'the same namespaces, a bare veth pair',
        figures: ratios(pairs),
        unit: '×',
        bar: { atLeast: 0.75 },
        measured: spoken(pairs, 'Gbit/s', 1),
      },
    ];
  },
};
