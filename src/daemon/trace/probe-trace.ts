import type { Drop, NamespaceOwner, NetworkDriver, ProbeOutcome, ProbePacket } from '../../drivers/network/network-driver.ts';
import { causeOfDrop } from '../../model/network/cause.ts';
import { isHeard, type Question, trace } from '../../model/network/trace.ts';
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
  network: Pick<NetworkDriver, 'probe' | 'drops'>,
  world: World,
  question: Question,
  { owner, vpcNumber }: ProbePlace,
): Promise<ProbeAnswer> {
  const before = await network.drops(vpcNumber);
  const outcome = await network.probe(owner, packetOf(question));
  const { sourcePort } = outcome;
  const asked = { ...question, ...(sourcePort === undefined ? {} : { sourcePort }) };
  const drop = (await network.drops(vpcNumber)).find(
    (candidate) => isOf(candidate, asked, world) && candidate.packets > packetsIn(before, candidate),
  );
  const predicted = trace(world, asked);
  const arrived = outcome.answer !== 'none' && outcome.answer !== 'unreachable';
  const text = drop === undefined ? answerWords[outcome.answer] : `${answerWords[outcome.answer]}: ${causeOfDrop(world, predicted.vpcId, drop).text}`;
  const { decidedBy } = predicted;
  const mayBeSilent = question.protocol === 'udp' || !isHeard(predicted);
  const agrees = decidedBy.passed ? arrived || (drop === undefined && mayBeSilent) : !arrived && drop?.gate === decidedBy.gate;
  return { answer: outcome.answer, ...(drop === undefined ? {} : { gate: drop.gate }), agrees, text };
}

function packetOf({ protocol, to, port }: Question): ProbePacket {
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'icmp') throw new Error(`a probe of protocol ${protocol} is not sent`);
  return { protocol, to, ...(port === undefined ? {} : { port }) };
}

/** The packet itself, or the answer to it. */
function isOf(drop: Drop, { from, to, protocol, sourcePort }: Question, { networkInterfaces }: World): boolean {
  const own = present(
    networkInterfaces.find(({ networkInterfaceId }) => networkInterfaceId === from),
    `${from} is in the world`,
  ).privateIpAddress;
  const isProtocol = drop.protocol === protocol || (protocol === 'icmp' && drop.protocol === '1');
  const forth = drop.source === own && drop.destination === to && (sourcePort === undefined || drop.sourcePort === sourcePort);
  const back = drop.source === to && drop.destination === own && (sourcePort === undefined || drop.destinationPort === sourcePort);
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
