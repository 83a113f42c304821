import { createSocket, type RemoteInfo, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { openTcpListener, openUdpSocket } from '../drivers/sockets/namespace-sockets.ts';
import { systemClock } from '../stdx/clock.ts';
import { answerQuery } from './dns-answer.ts';
import { compileZone, type CompiledZone, type ResolverZone } from './resolver.ts';

/** Where the resolver of a VPC listens: each address by UDP and TCP, in the namespace of the VPC's router. */
export interface ResolverPlace {
  readonly id: string;
  readonly namespacePath?: string;
  readonly addresses: readonly string[];
  readonly port: number;
}

/** Questions that nothing here answers, counted since they were last told of. */
export interface UnansweredQuestion {
  /** Empty, as the type: further ones of the same source, more than are told of at once. */
  readonly name: string;
  readonly type: string;
  readonly sourceIp: string;
  readonly count: number;
}

/** AWS: "Each network interface has a 1024 packets per second limit for DNS". More are dropped, as there. */
const queriesPerSecondMax = 1024;
const sourcesMax = 4096;
const connectionsMax = 128;
const tcpIdleMs = 5_000;
const tcpQueryBytesMax = 4096;
const unansweredMax = 256;
const unansweredToldMs = 250;

/** The open sockets of one VPC's resolver. Lives in a data worker, so that a flood of questions delays no API request. */
export class ResolverSockets {
  readonly #udp: DatagramSocket[] = [];
  readonly #tcp: Server[] = [];
  readonly #connections = new Set<Socket>();
  readonly #tell: (questions: UnansweredQuestion[]) => void;
  #zone: CompiledZone;
  readonly #asked = new Map<string, number>();
  #askedSecond = 0;
  readonly #unanswered = new Map<string, UnansweredQuestion>();
  #telling: NodeJS.Timeout | undefined;

  private constructor(zone: ResolverZone, tell: (questions: UnansweredQuestion[]) => void) {
    this.#zone = compileZone(zone);
    this.#tell = tell;
  }

  static async open(place: ResolverPlace, zone: ResolverZone, tell: (questions: UnansweredQuestion[]) => void): Promise<ResolverSockets> {
    const resolver = new ResolverSockets(zone, tell);
    try {
      for (const address of place.addresses) await resolver.#openAddress(place, address);
    } catch (error) {
      await resolver.close();
      throw error;
    }
    return resolver;
  }

  setZone(zone: ResolverZone): void {
    this.#zone = compileZone(zone);
  }

  async close(): Promise<void> {
    clearTimeout(this.#telling);
    for (const connection of this.#connections) connection.destroy();
    const closed = [...this.#udp, ...this.#tcp].map((socket) => once(socket, 'close'));
    for (const socket of [...this.#udp, ...this.#tcp]) socket.close();
    await Promise.all(closed);
  }

  async #openAddress({ namespacePath, port }: ResolverPlace, address: string): Promise<void> {
    const where = { address, port, ...(namespacePath === undefined ? {} : { namespacePath }) };
    const server = createServer((connection) => this.#serveConnection(connection));
    server.maxConnections = connectionsMax;
    server.listen({ fd: openTcpListener(where) });
    await once(server, 'listening');
    this.#tcp.push(server);
    const socket = createSocket('udp4');
    const listening = once(socket, 'listening');
    socket.bind({ fd: openUdpSocket(where) });
    await listening;
    this.#udp.push(socket);
    socket.on('message', (message, from) => this.#serveDatagram(socket, message, from));
    // An answer that could not be sent is an answer that was lost; the asker asks again.
    socket.on('error', () => undefined);
  }

  #serveDatagram(socket: DatagramSocket, message: Buffer, { address, port }: RemoteInfo): void {
    const answer = this.#answer(message, address, 'udp');
    if (answer !== undefined) socket.send(answer, port, address, () => undefined);
  }

  /** DNS over TCP: each message behind its length in two bytes (RFC 1035 §4.2.2). */
  #serveConnection(connection: Socket): void {
    this.#connections.add(connection);
    connection.on('close', () => this.#connections.delete(connection));
    connection.on('error', () => connection.destroy());
    connection.setTimeout(tcpIdleMs, () => connection.destroy());
    let buffered = Buffer.alloc(0);
    connection.on('data', (data: Buffer) => {
      buffered = Buffer.concat([buffered, data]);
      while (buffered.length >= 2 && buffered.length >= 2 + buffered.readUInt16BE()) {
        const end = 2 + buffered.readUInt16BE();
        const answer = this.#answer(buffered.subarray(2, end), connection.remoteAddress ?? '', 'tcp');
        buffered = buffered.subarray(end);
        if (answer === undefined) return void connection.destroy();
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        // A client that asks and does not read is not waited for.
        if (!connection.write(Buffer.concat([length, answer]))) return void connection.destroy();
      }
      if (buffered.length > tcpQueryBytesMax) connection.destroy();
    });
  }

  #answer(message: Uint8Array, sourceIp: string, transport: 'udp' | 'tcp'): Buffer | undefined {
    if (!this.#mayAsk(sourceIp)) return undefined;
    const answer = answerQuery(message, this.#zone, transport);
    if (answer?.unanswered !== undefined) this.#note(answer.unanswered, sourceIp);
    return answer?.packet;
  }

  #mayAsk(sourceIp: string): boolean {
    const second = Math.floor(systemClock.monotonicMs() / 1000);
    if (second !== this.#askedSecond) {
      this.#askedSecond = second;
      this.#asked.clear();
    }
    const asked = (this.#asked.get(sourceIp) ?? 0) + 1;
    if (asked === 1 && this.#asked.size >= sourcesMax) return false;
    this.#asked.set(sourceIp, asked);
    return asked <= queriesPerSecondMax;
  }

  #note({ name, type }: { name: string; type: string }, sourceIp: string): void {
    const key = `${sourceIp} ${name.toLowerCase()} ${type}`;
    if (this.#unanswered.has(key) || this.#unanswered.size < unansweredMax) this.#count(key, { name, type, sourceIp });
    else this.#count(sourceIp, { name: '', type: '', sourceIp });
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#tell(Array.from(this.#unanswered.values()));
      this.#unanswered.clear();
    }, unansweredToldMs).unref();
  }

  #count(key: string, question: Omit<UnansweredQuestion, 'count'>): void {
    this.#unanswered.set(key, { ...question, count: (this.#unanswered.get(key)?.count ?? 0) + 1 });
  }
}
