import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GateName } from '../network/gate.ts';
import { withDelivery } from './delivery.ts';
import { defaultLogFormat, type LogFormat, parseLogFormat } from './format.ts';
import { objectKey, slotOf } from './object-key.ts';
import { answerTuple, type DroppedPackets, type FlowTuple, type TrackedFlow } from './observation.ts';
import { recordLine, type RecordOwner, statusLine } from './record.ts';
import { type Destination, type FlowSide, type LoggedInterface, sidesOfDrop, sidesOfFlow, type Surroundings } from './sides.ts';
import { Subtraction } from './subtraction.ts';
import { flagsOf } from './tcp-flags.ts';
import { InterfaceWindow } from './window.ts';

const eni = (networkInterfaceId: string, privateIpAddress: string): LoggedInterface => ({
  networkInterfaceId,
  privateIpAddress,
  subnetId: 'subnet-1',
  vpcId: 'vpc-1',
});
const client = eni('eni-client', '10.0.1.4');
const server = eni('eni-server', '10.0.2.5');
const nat = eni('eni-nat', '10.0.3.6');
const forwarder = eni('eni-forwarder', '10.0.4.7');
const all = [client, server, nat, forwarder];
const [s3, internet] = ['198.18.0.10', '203.0.113.9'];

const around: Surroundings = {
  interfaceAt: (address) => all.find(({ privateIpAddress }) => privateIpAddress === address),
  destinationOf(_sender, address): Destination {
    const networkInterface = all.find(({ privateIpAddress }) => privateIpAddress === address);
    if (networkInterface !== undefined) return { kind: 'interface', networkInterface };
    if (address === s3) return { kind: 'gateway-endpoint' };
    if (address === internet) return { kind: 'forwarder', networkInterface: nat, translates: true };
    if (address === '172.16.0.1') return { kind: 'forwarder', networkInterface: forwarder, translates: false };
    return { kind: 'nowhere' };
  },
  isUnrecorded: (address) => address === '10.0.0.2',
};

const question: FlowTuple = {
  protocol: 6,
  source: client.privateIpAddress,
  destination: server.privateIpAddress,
  sourcePort: 40_000,
  destinationPort: 7_999,
};
const count = (packets: number): { packets: number; bytes: number } => ({ packets, bytes: packets * 60 });
const flow = (original: number, reply: number, change: Partial<TrackedFlow> = {}): TrackedFlow => ({
  ...question,
  original: count(original),
  reply: count(reply),
  began: true,
  startMs: 10_000,
  endMs: 20_000,
  tcpState: 'established',
  ...change,
});
const drop = (gate: GateName, packets: number, change: Partial<DroppedPackets> = {}): DroppedPackets => ({
  ...question,
  gate,
  ...count(packets),
  tracked: false,
  tcpFlags: 2,
  endMs: 15_000,
  ...change,
});

/** `eni-client egress ACCEPT 10.0.1.4 → 10.0.2.5: 3 packets` of everything that was seen, records of one window. */
function told(flows: readonly TrackedFlow[], drops: readonly DroppedPackets[]): string[] {
  const subtraction = new Subtraction(new Map(), drops);
  return summed([
    ...flows.flatMap((one) => sidesOfFlow(one, subtraction, around).sides),
    ...drops.flatMap((one) => sidesOfDrop(one, 10_000, around)),
  ]);
}

function summed(sides: readonly FlowSide[]): string[] {
  const windows = new Map<string, InterfaceWindow>();
  for (const side of sides) {
    const window = windows.get(side.networkInterfaceId) ?? new InterfaceWindow(0);
    windows.set(side.networkInterfaceId, window);
    window.add(side);
  }
  return [...windows.values()]
    .flatMap((window) => window.sides('ALL'))
    .map((side) => `${side.networkInterfaceId} ${side.flowDirection} ${side.action} ${side.source} → ${side.destination}: ${side.packets}`)
    .sort();
}

describe('a flow', () => {
  it('is told by both of its interfaces, in both directions', () => {
    expect(told([flow(3, 2)], [])).toEqual([
      'eni-client egress ACCEPT 10.0.1.4 → 10.0.2.5: 3',
      'eni-client ingress ACCEPT 10.0.2.5 → 10.0.1.4: 2',
      'eni-server egress ACCEPT 10.0.2.5 → 10.0.1.4: 2',
      'eni-server ingress ACCEPT 10.0.1.4 → 10.0.2.5: 3',
    ]);
  });

  it('to an endpoint is told by the interface that asks', () => {
    const { sides } = sidesOfFlow(flow(3, 2, { destination: s3 }), new Subtraction(new Map(), []), around);
    expect(sides).toMatchObject([
      { networkInterfaceId: 'eni-client', flowDirection: 'egress', packets: 3, trafficPath: 7 },
      { networkInterfaceId: 'eni-client', flowDirection: 'ingress', packets: 2 },
    ]);
  });

  it('through an interface that translates is told by that one, too', () => {
    expect(told([flow(3, 2, { destination: internet })], [])).toContain('eni-nat ingress ACCEPT 10.0.1.4 → 203.0.113.9: 3');
  });

  it('through an interface that sends packets on as they came cannot be counted, and is said to be skipped', () => {
    const { sides, unclear } = sidesOfFlow(flow(6, 4, { destination: '172.16.0.1' }), new Subtraction(new Map(), []), around);
    expect(sides).toEqual([]);
    expect(unclear).toEqual([forwarder, client]);
  });

  it('of names is not told', () => {
    expect(told([flow(1, 1, { destination: '10.0.0.2' })], [drop('resolver', 1, { destination: '10.0.0.2' })])).toEqual([]);
  });

  it('without a packet is no record', () => {
    expect(told([flow(0, 0)], [])).toEqual([]);
  });
});

describe('a dropped packet', () => {
  it('that the sender may send and the receiver may not take is accepted going out and rejected coming in', () => {
    expect(told([], [drop('ingress-groups', 6)])).toEqual([
      'eni-client egress ACCEPT 10.0.1.4 → 10.0.2.5: 6',
      'eni-server ingress REJECT 10.0.1.4 → 10.0.2.5: 6',
    ]);
  });

  it('that its own group or ACL does not let out is rejected there, and nobody else saw it', () => {
    expect(told([], [drop('egress-groups', 2)])).toEqual(['eni-client egress REJECT 10.0.1.4 → 10.0.2.5: 2']);
    expect(told([], [drop('egress-acl', 2)])).toEqual(['eni-client egress REJECT 10.0.1.4 → 10.0.2.5: 2']);
  });

  it('that is an answer refused by an ACL: the question was accepted on both sides, the answer is rejected where it fell', () => {
    // Connection tracking counted the SYN, and both tries of its answer.
    const refused = drop('egress-acl', 2, { ...answerTuple(question), tracked: true, tcpFlags: 18 });
    expect(told([flow(1, 2, { tcpState: 'syn-recv' })], [refused])).toEqual([
      'eni-client egress ACCEPT 10.0.1.4 → 10.0.2.5: 1',
      'eni-server egress REJECT 10.0.2.5 → 10.0.1.4: 2',
      'eni-server ingress ACCEPT 10.0.1.4 → 10.0.2.5: 1',
    ]);
  });

  it('with no route left its interface, and nobody refused it', () => {
    expect(told([], [drop('route', 3, { destination: '8.8.8.8' })])).toEqual(['eni-client egress ACCEPT 10.0.1.4 → 8.8.8.8: 3']);
    expect(told([], [drop('destination', 3, { destination: '10.0.2.77' })])).toEqual(['eni-client egress ACCEPT 10.0.1.4 → 10.0.2.77: 3']);
  });

  it('that comes after the connection was closed is rejected, and takes nothing off the connection', () => {
    const late = drop('ingress-groups', 1, { ...answerTuple(question), tcpFlags: 0 });
    expect(told([flow(5, 4, { tcpState: 'time-wait' })], [late])).toEqual([
      'eni-client egress ACCEPT 10.0.1.4 → 10.0.2.5: 5',
      'eni-client ingress ACCEPT 10.0.2.5 → 10.0.1.4: 4',
      'eni-client ingress REJECT 10.0.2.5 → 10.0.1.4: 1',
      'eni-server egress ACCEPT 10.0.2.5 → 10.0.1.4: 5',
      'eni-server ingress ACCEPT 10.0.1.4 → 10.0.2.5: 5',
    ]);
  });

  it('in front of a flow on the same ports is not of that flow', () => {
    expect(told([flow(4, 4)], [drop('ingress-groups', 2)])).toContain('eni-server ingress ACCEPT 10.0.1.4 → 10.0.2.5: 4');
  });

  it('that is forged is nobody’s record', () => {
    expect(told([], [drop('anti-spoofing', 1), drop('unknown-interface', 1)])).toEqual([]);
  });
});

describe('two sources', () => {
  it('never count a packet twice: what is sent is what is accepted by the receiver and what is dropped', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ sent: fc.nat(50), droppedOf: fc.nat(50), before: fc.boolean() }), { maxLength: 6 }), (readings) => {
        let carried: ReadonlyMap<string, { packets: number; bytes: number }> = new Map();
        const [totals, pending] = [{ sent: 0, accepted: 0, rejected: 0, left: 0 }, { packets: 0 }];
        for (const { sent, droppedOf, before } of [...readings, { sent: 0, droppedOf: 0, before: false }]) {
          const dropped = Math.min(sent, droppedOf);
          // A packet may come after connection tracking was read and be dropped before the drops are.
          const late = before ? Math.min(1, dropped) : 0;
          const shown = sent - late + pending.packets;
          pending.packets = late;
          const drops = dropped === 0 ? [] : [drop('ingress-acl', dropped, { tracked: true })];
          const subtraction = new Subtraction(carried, drops);
          const { sides } = sidesOfFlow(flow(shown, 0), subtraction, around);
          totals.sent += sent;
          for (const side of [...sides, ...drops.flatMap((one) => sidesOfDrop(one, 0, around))]) {
            if (side.networkInterfaceId !== server.networkInterfaceId) continue;
            totals[side.action === 'ACCEPT' ? 'accepted' : 'rejected'] += side.packets;
          }
          carried = subtraction.left();
        }
        expect(totals.accepted + totals.rejected).toBe(totals.sent);
      }),
    );
  });
});

describe('flags', () => {
  it.each<[string, Partial<TrackedFlow>, number | undefined, number | undefined]>([
    ['a connection that begins', {}, 2, 18],
    ['one that goes on', { began: false }, 0, 0],
    ['one that began and ended', { tcpState: 'time-wait' }, 3, 19],
    ['one that nobody answered', { tcpState: 'syn-sent' }, 2, 0],
    ['one that was refused', { tcpState: 'close', original: count(1), reply: count(1) }, 2, 4],
    ['one that was reset', { tcpState: 'close' }, undefined, undefined],
    ['one that ends and began before', { tcpState: 'time-wait', began: false }, undefined, undefined],
    ['a datagram', { protocol: 17 }, 0, 0],
  ])('of %s', (_name, change, original, reply) => {
    expect(flagsOf(flow(5, 5, change))).toEqual({ original, reply });
  });
});

const owner: RecordOwner = { ...server, accountId: '123456789012', region: 'us-east-1', zoneId: 'use1-az1' };
const format = (text: string): LogFormat => {
  const parsed = parseLogFormat(text);
  if ('problem' in parsed) throw new Error(JSON.stringify(parsed.problem));
  return parsed;
};
const serviceOf = (address: string): string | undefined => (address === s3 ? 'S3' : undefined);
const rejected = sidesOfDrop(drop('ingress-groups', 6), 10_000, around).find(({ action }) => action === 'REJECT');

describe('a line', () => {
  it('has fourteen fields unless others are chosen', () => {
    expect(recordLine(format(defaultLogFormat), owner, rejected as FlowSide, serviceOf)).toBe(
      '2 123456789012 eni-server 10.0.1.4 10.0.2.5 40000 7999 6 6 360 10 15 REJECT OK',
    );
  });

  it('has every field that means something', () => {
    const every =
      '${version} ${vpc-id} ${subnet-id} ${instance-id} ${tcp-flags} ${type} ${pkt-srcaddr} ${pkt-dstaddr} ${region} ${az-id} ${sublocation-type} ${sublocation-id} ${pkt-src-aws-service} ${pkt-dst-aws-service} ${flow-direction} ${traffic-path} ${reject-reason}';
    expect(recordLine(format(every), owner, rejected as FlowSide, serviceOf)).toBe(
      '8 vpc-1 subnet-1 - 2 IPv4 10.0.1.4 10.0.2.5 us-east-1 use1-az1 - - - - ingress - -',
    );
    const [asked] = sidesOfFlow(flow(1, 1, { destination: s3, tcpState: 'close' }), new Subtraction(new Map(), []), around).sides;
    expect(recordLine(format('${version} ${pkt-dst-aws-service} ${traffic-path} ${flow-direction}'), owner, asked as FlowSide, serviceOf)).toBe(
      '5 S3 7 egress',
    );
  });

  it('shows what passes a translating interface under its own address', () => {
    const { sides } = sidesOfFlow(flow(1, 0, { destination: internet }), new Subtraction(new Map(), []), around);
    const at = sides.find(({ networkInterfaceId }) => networkInterfaceId === nat.networkInterfaceId);
    expect(recordLine(format('${dstaddr} ${pkt-dstaddr}'), { ...owner, ...nat }, at as FlowSide, serviceOf)).toBe(
      `${nat.privateIpAddress} ${internet}`,
    );
  });

  it('says that there was nothing, or that something is missing', () => {
    const time = { startMs: 1_000, endMs: 61_000 };
    expect(statusLine(format(defaultLogFormat), owner, 'NODATA', time)).toBe('2 123456789012 eni-server - - - - - - - 1 61 - NODATA');
    expect(statusLine(format('${version} ${log-status} ${vpc-id}'), owner, 'SKIPDATA', time)).toBe('3 SKIPDATA vpc-1');
  });
});

describe('a format', () => {
  it.each([
    ['', { kind: 'malformed' }],
    ['version', { kind: 'malformed' }],
    ['${version}  ${end}', { kind: 'malformed' }],
    ['${version} ${version}', { kind: 'malformed' }],
    ['${version} ', { kind: 'malformed' }],
    ['${version} ${colour}', { kind: 'unknown', fields: ['colour'] }],
    ['${ecs-task-id} ${tgw-id} ${start}', { kind: 'foreign', fields: ['ecs-task-id', 'tgw-id'] }],
  ])('%j is none', (text, problem) => {
    expect(parseLogFormat(text)).toEqual({ problem });
  });
});

it('a window sums what has the same ends, direction and action, and forgets flags that it does not know all of', () => {
  const window = new InterfaceWindow(0);
  const side = rejected as FlowSide;
  window.add(side);
  window.add({ ...side, packets: 1, bytes: 40, startMs: 5_000, endMs: 30_000, tcpFlags: 4 });
  window.add({ ...side, action: 'ACCEPT', tcpFlags: undefined });
  expect(window.sides('REJECT')).toEqual([{ ...side, packets: 7, bytes: 400, startMs: 5_000, endMs: 30_000, tcpFlags: 6 }]);
  expect(window.sides('ALL')).toHaveLength(2);
  window.add({ ...side, tcpFlags: undefined });
  expect(window.sides('REJECT')).toMatchObject([{ tcpFlags: undefined }]);
});

describe('a file', () => {
  const parts = {
    prefix: '',
    accountId: '123456789012',
    region: 'us-east-1',
    flowLogId: 'fl-1234abcd',
    hiveCompatiblePartitions: false,
    perHourPartition: false,
    slotMs: slotOf(Date.parse('2018-06-20T16:23:31Z')),
    hash: 'fe123456',
  };
  it.each([
    [{}, 'AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/'],
    [{ prefix: 'logs/own', perHourPartition: true }, 'logs/own/AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/16/'],
    [
      { hiveCompatiblePartitions: true, perHourPartition: true },
      'AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2018/month=06/day=20/hour=16/',
    ],
  ])('of %j lies where AWS puts it', (change, folder) => {
    expect(objectKey({ ...parts, ...change })).toBe(`${folder}123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz`);
  });
});

describe('a bucket policy', () => {
  const place = { region: 'us-east-1', accountId: '123456789012', bucketName: 'files', prefix: 'own', hiveCompatiblePartitions: false };
  interface Policy {
    readonly Id: string;
    readonly Statement: readonly { readonly Sid: string; readonly Resource: string }[];
  }
  const withIt = (policy?: object): Policy => JSON.parse(withDelivery(policy === undefined ? undefined : JSON.stringify(policy), place)) as Policy;

  it('lets the delivery service write into the folder of the account, and nothing more', () => {
    const { Id, Statement } = withIt();
    expect(Id).toBe('AWSLogDeliveryWrite20150319');
    expect(Statement.map(({ Sid, Resource }) => `${Sid} ${Resource}`)).toEqual([
      'AWSLogDeliveryWrite arn:aws:s3:::files/own/AWSLogs/123456789012/*',
      'AWSLogDeliveryAclCheck arn:aws:s3:::files',
    ]);
  });

  it('keeps what was in it, and gives no two statements one name', () => {
    const { Id, Statement } = withIt({ Id: 'mine', Statement: { Sid: 'AWSLogDeliveryWrite', Effect: 'Deny' } });
    expect(Id).toBe('mine');
    expect(Statement.map(({ Sid }) => Sid)).toEqual(['AWSLogDeliveryWrite', 'AWSLogDeliveryWrite1', 'AWSLogDeliveryAclCheck']);
    expect(Statement[0]).toEqual({ Sid: 'AWSLogDeliveryWrite', Effect: 'Deny' });
  });
});
