import type { Drop, NamespaceOwner, NetworkDriver, ProbeOutcome, ProbePacket } from '../../drivers/network/network-driver.ts';
import { causeOfDrop } from '../../model/network/cause.ts';
import { type Question, type Trace, trace } from '../../model/network/trace.ts';
import { enveloped } from '../../model/network/tunnel.ts';
import { isHeard } from '../../model/network/walk.ts';
import type { World } from '../../model/network/world.ts';
import { present } from '../../stdx/assert.ts';

/** What the kernel did with one real packet, and whether the model had said so. */
export interface ProbeAnswer {
  readonly answer: ProbeOutcome['answer'];
  /** The gate whose count rose. */
  readonly gate?: string;
  readonly agrees: boolean;
  readonly text: string;
}

interface ProbePlace {
  readonly owner: NamespaceOwner;
  readonly vpcNumber: number;
}

const answerWords: Readonly<Record<ProbeOutcome['answer'], string>> = {
  connected: 'it arrived and was accepted',
  answered: 'it arrived and was answered',
  refused: 'it arrived where nobody listens',
  unreachable: 'its own namespace could not send it',
  none: 'no answer came',
};

/** Sends the packet that the question is about. What another program sends to the same place meanwhile has another source port. */
export async function probeTrace(
  network: Pick<NetworkDriver, 'probe' | 'drops' | 'edgeDrops'>,
  world: World,
  question: Question,
  { owner, vpcNumber }: ProbePlace,
): Promise<ProbeAnswer> {
  const dropped = async (): Promise<readonly Drop[]> => [...(await network.drops(vpcNumber)), ...(await network.edgeDrops())];
  const before = await dropped();
  const outcome = await network.probe(owner, packetOf(question));
  const { sourcePort } = outcome;
  const asked = { ...question, ...(sourcePort === undefined ? {} : { sourcePort }) };
  const predicted = trace(world, enveloped(world, asked));
  const drop = (await dropped()).find((candidate) => isOf(candidate, predicted, world) && candidate.packets > packetsIn(before, candidate));
  const arrived = outcome.answer !== 'none' && outcome.answer !== 'unreachable';
  const text = drop === undefined ? answerWords[outcome.answer] : `${answerWords[outcome.answer]}: ${causeOfDrop(world, predicted.vpcId, drop).text}`;
  const { decidedBy, arrivesAt } = predicted;
  // Nobody here knows who answers beyond the uplink.
  const mayBeSilent = question.protocol === 'udp' || !isHeard(predicted) || arrivesAt.kind === 'uplink';
  const agrees = decidedBy.passed ? arrived || (drop === undefined && mayBeSilent) : !arrived && drop?.gate === decidedBy.gate;
  return { answer: outcome.answer, ...(drop === undefined ? {} : { gate: drop.gate }), agrees, text };
}

function packetOf({ protocol, to, port }: Question): ProbePacket {
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'icmp') throw new Error(`a probe of protocol ${protocol} is not sent`);
  return { protocol, to, ...(port === undefined ? {} : { port }) };
}

/** The packet itself, also as a gateway sent it on, or the answer to it. */
function isOf(drop: Drop, { question, steps, arrivesAt }: Trace, { networkInterfaces }: World): boolean {
  const { from, to, protocol, sourcePort } = question;
  const own = present(
    networkInterfaces.find(({ networkInterfaceId }) => networkInterfaceId === from),
    `${from} is in the world`,
  ).privateIpAddress;
  const isProtocol = drop.protocol === protocol || (protocol === 'icmp' && drop.protocol === '1');
  const publicIps = arrivesAt.kind === 'edge' || arrivesAt.kind === 'uplink' ? [arrivesAt.source] : [];
  const sources = new Set([own, ...steps.flatMap(({ leg }) => leg?.source ?? []), ...publicIps]);
  const destinations = new Set([to, ...steps.flatMap(({ leg }) => leg?.destination ?? [])]);
  const forth = sources.has(drop.source) && destinations.has(drop.destination) && (sourcePort === undefined || drop.sourcePort === sourcePort);
  const back = destinations.has(drop.source) && sources.has(drop.destination) && (sourcePort === undefined || drop.destinationPort === sourcePort);
  return isProtocol && (forth || back);
}

const packetsIn = (drops: readonly Drop[], { gate, protocol, source, destination, sourcePort, destinationPort }: Drop): number =>
  drops.find(
    (candidate) =>
      candidate.gate === gate &&
      candidate.protocol === protocol &&
      candidate.source === source &&
      candidate.destination === destination &&
      candidate.sourcePort === sourcePort &&
      candidate.destinationPort === destinationPort,
  )?.packets ?? 0;
