import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { Socket } from 'node:net';
import { openUnconnected } from '../../sockets/namespace-sockets.ts';
import type { ProbeOutcome, ProbePacket } from '../network-driver.ts';

/** How long an answer may take: twice what Linux waits before it sends a SYN again. */
const probeAnswerMs = 2_000;

/** Sends one real packet out of a namespace and says what came back. */
export async function sendProbe(namespacePath: string, packet: ProbePacket): Promise<ProbeOutcome> {
  const fd = openUnconnected(packet.protocol, namespacePath);
  return packet.protocol === 'tcp' ? await connectOnce(fd, packet) : await sendOnce(fd, packet);
}

async function connectOnce(fd: number, { to, port }: ProbePacket): Promise<ProbeOutcome> {
  const { promise, resolve } = Promise.withResolvers<ProbeOutcome['answer']>();
  const socket = new Socket({ fd });
  socket.once('connect', () => resolve('connected'));
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(answerOf(error)));
  socket.connect({ host: to, port: port ?? 0 });
  const timer = setTimeout(() => resolve('none'), probeAnswerMs);
  const answer = await promise;
  clearTimeout(timer);
  const { localPort } = socket;
  socket.destroy();
  return { answer, ...(localPort === undefined ? {} : { sourcePort: localPort }) };
}

/** Type 8, code 0, a sequence number; Linux fills in the checksum and the identifier. */
const echoRequest = Buffer.from([8, 0, 0, 0, 0, 0, 0, 1]);

async function sendOnce(fd: number, { protocol, to, port }: ProbePacket): Promise<ProbeOutcome> {
  const { promise, resolve } = Promise.withResolvers<ProbeOutcome['answer']>();
  const socket = createSocket('udp4');
  socket.once('message', () => resolve('answered'));
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(answerOf(error)));
  socket.bind({ fd });
  // A connected socket hears of a closed port. An echo request has no port; Node asks for one.
  socket.connect(port ?? 1, to, () => socket.send(protocol === 'icmp' ? echoRequest : Buffer.from('cloister trace --probe')));
  const timer = setTimeout(() => resolve('none'), probeAnswerMs);
  const answer = await promise;
  clearTimeout(timer);
  const sourcePort = protocol === 'icmp' ? undefined : localPortOf(socket);
  socket.close();
  return { answer, ...(sourcePort === undefined ? {} : { sourcePort }) };
}

function localPortOf(socket: DatagramSocket): number | undefined {
  try {
    return socket.address().port;
  } catch {
    return undefined; // It never got one.
  }
}

const answerOf = ({ code }: NodeJS.ErrnoException): ProbeOutcome['answer'] => (code === 'ECONNREFUSED' ? 'refused' : 'unreachable');
