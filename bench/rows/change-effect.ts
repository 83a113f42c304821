import { createInterface } from 'node:readline';
import * as Ec2 from '@aws-sdk/client-ec2';
import { present } from '../../src/stdx/assert.ts';
import { withDeadline } from '../../src/stdx/deadline.ts';
import { s3Address } from '../../src/model/network/reserved.ts';
import type { DaemonLab, Network } from '../../test/kernel/daemon/lab.ts';
import { openLab } from '../lab.ts';
import type { Leftovers } from '../leftovers.ts';
import { serve } from '../programs.ts';
import type { Line, Row } from '../row.ts';
import { median } from '../statistics.ts';

const changeMs = 10_000;
const port = 5_300;
const everything = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];

interface Change {
  readonly what: string;
  readonly to: string;
  readonly port: number;
  readonly open: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

/** From the answer of the API to the first new connection that meets the change. */
export const changeEffect: Row = {
  name: 'change-effect',
  programs: {},

  async measure({ quick, rounds }, leftovers) {
    const lab = await openLab(leftovers);
    const network = await lab.makeNetwork();
    const from = await lab.makeInterface(network);
    const lines: Line[] = [];
    for (const change of await changesOf(lab, network, leftovers)) {
      const knocker = Knocker.start(from.namespace, change, leftovers);
      const figures: number[] = [];
      for (let round = 0; round < (quick ? 1 : rounds); round += 1) {
        figures.push(await knocker.becomes('open', change.open), await knocker.becomes('closed', change.close));
      }
      knocker.stop();
      lines.push({
        what: `${change.what}: from the API's answer to its effect on new connections`,
        against: 'one second',
        figures,
        unit: 'ms',
        bar: { atMost: 1_000 },
        measured: `median ${median(figures).toFixed(0)} ms of ${figures.length}, opened and closed`,
      });
    }
    return lines;
  },
};

async function changesOf(lab: DaemonLab, network: Network, leftovers: Leftovers): Promise<Change[]> {
  const { vpcId, routeTableId, groupId: GroupId } = network;
  const { Subnet } = await lab.ec2.send(new Ec2.CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.7.0/24' }));
  const other = await lab.makeInterface({ ...network, subnetId: present(Subnet?.SubnetId, 'a subnet has an id') });
  const listening = `require('node:net').createServer((socket) => socket.on('error', () => {}).end()).listen(${port}, '0.0.0.0')`;
  serve([process.execPath, '-e', listening], { namespace: other.namespace, leftovers });
  const { NetworkAcls } = await lab.ec2.send(new Ec2.DescribeNetworkAclsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }));
  const NetworkAclId = present(NetworkAcls?.[0]?.NetworkAclId, 'a VPC is born with an ACL');
  const entry = { NetworkAclId, RuleNumber: 50, Egress: false };
  const open = async (): Promise<unknown> => await lab.ec2.send(new Ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: everything }));
  let endpointId = '';
  return [
    {
      what: 'a rule of a security group',
      to: other.address,
      port,
      open,
      close: async () => await lab.ec2.send(new Ec2.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: everything })),
    },
    {
      what: 'the route of a gateway endpoint',
      to: s3Address,
      port: 80,
      open: async () => {
        if (endpointId === '') endpointId = await lab.makeS3Endpoint(network);
        else await lab.ec2.send(new Ec2.ModifyVpcEndpointCommand({ VpcEndpointId: endpointId, AddRouteTableIds: [routeTableId] }));
      },
      close: async () => await lab.ec2.send(new Ec2.ModifyVpcEndpointCommand({ VpcEndpointId: endpointId, RemoveRouteTableIds: [routeTableId] })),
    },
    // The last, because it leaves the subnet closed.
    {
      what: 'an entry of a network ACL',
      to: other.address,
      port,
      open: async () => {
        await open().catch(() => undefined); // It is there from the second round on.
        await lab.ec2.send(new Ec2.DeleteNetworkAclEntryCommand(entry)).catch(() => undefined);
      },
      close: async () =>
        await lab.ec2.send(new Ec2.CreateNetworkAclEntryCommand({ ...entry, Protocol: '-1', RuleAction: 'deny', CidrBlock: '0.0.0.0/0' })),
    },
  ];
}

/** Every few milliseconds a new connection; prints when it began whenever the outcome is another than before. */
const knocking = (to: string, port: number): string => `
  const net = require('node:net');
  let last = '', latest = 0;
  function say(outcome, began) {
    if (began < latest || outcome === last) return;
    latest = began; last = outcome;
    console.log(outcome + ' ' + began);
  }
  setInterval(() => {
    const began = performance.timeOrigin + performance.now();
    const socket = net.connect(${port}, '${to}');
    socket.once('connect', () => { socket.destroy(); say('open', began); }).once('error', () => {});
    socket.setTimeout(200, () => { socket.destroy(); say('closed', began); });
  }, 5);`;

/** A program that knocks at a port all the time. */
class Knocker {
  #state = '';
  #awaited: { readonly state: string; readonly resolve: (at: number) => void } | undefined;
  readonly #stop: () => void;

  private constructor(stop: () => void) {
    this.#stop = stop;
  }

  static start(namespace: string, { to, port: at }: Change, leftovers: Leftovers): Knocker {
    const child = serve([process.execPath, '-e', knocking(to, at)], { namespace, leftovers });
    const knocker = new Knocker(() => void child.kill('SIGKILL'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [state = '', began = ''] = line.split(' ');
      knocker.#state = state;
      if (knocker.#awaited?.state === state) knocker.#awaited.resolve(Number(began));
    });
    return knocker;
  }

  /** Milliseconds from the end of the change to the first connection that met it; 0 when that was before. */
  async becomes(state: 'open' | 'closed', change: () => Promise<unknown>): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#awaited = { state, resolve };
    await change();
    const changed = performance.timeOrigin + performance.now();
    const at = this.#state === state ? changed : await withDeadline(`${state}, changeMs`, changeMs, promise);
    this.#awaited = undefined;
    return Math.max(0, at - changed);
  }

  stop(): void {
    this.#stop();
  }
}
