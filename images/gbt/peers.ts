import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { TrainingError } from './configuration.ts';

const hint = 'do the security groups of the job allow traffic between their own members?';

const connectMs = 5_000;
const retryMs = 500;
const messageBytesMax = 1 << 30;
const greeting = 'cloister-gbt/1';

/** One connection: messages of a length (4 bytes, little-endian) and that many bytes. */
class Peer {
  /** As failures call it. */
  name: string;
  readonly #socket: Socket;
  readonly #messages: AsyncIterator<Buffer>;
  bytesReceived = 0;

  constructor(socket: Socket, name: string) {
    this.name = name;
    this.#socket = socket.setNoDelay(true);
    this.#messages = this.#read();
  }

  async receive(): Promise<Buffer> {
    const { value, done } = await this.#messages.next();
    if (done === true) throw new TrainingError(`${this.name} ended the connection before the training was done`);
    return value;
  }

  send(message: Uint8Array): void {
    const header = Buffer.alloc(4);
    header.writeUInt32LE(message.length);
    this.#socket.write(header);
    // The caller may reuse its array while the socket still waits.
    this.#socket.write(Buffer.from(message));
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async *#read(): AsyncGenerator<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (bytes: number): Buffer => {
      const all = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
      chunks.splice(0, chunks.length, all.subarray(bytes));
      length -= bytes;
      return all.subarray(0, bytes);
    };
    let wanted: number | undefined;
    try {
      for await (const chunk of this.#socket as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        length += chunk.length;
        this.bytesReceived += chunk.length;
        for (;;) {
          if (wanted === undefined && length >= 4) wanted = take(4).readUInt32LE(0);
          if (wanted !== undefined && wanted > messageBytesMax) throw new Error(`a message of ${wanted} bytes`);
          if (wanted === undefined || length < wanted) break;
          yield take(wanted);
          wanted = undefined;
        }
      }
    } catch (error) {
      throw new TrainingError(`the connection to ${this.name} failed: ${(error as Error).message}`);
    }
  }
}

export interface GroupOptions {
  readonly hosts: readonly string[];
  readonly rank: number;
  readonly port: number;
  readonly waitMs: number;
}

/**
 * The instances of the job as one: the first one adds up what the others send and tells them the result. Sums are of
 * whole numbers in doubles, so they do not depend on who adds in which order.
 */
export class Group {
  readonly rank: number;
  readonly size: number;
  /** Of the leader: everyone else. Of the others: the leader. */
  readonly #peers: readonly Peer[];

  private constructor(rank: number, size: number, peers: readonly Peer[]) {
    this.rank = rank;
    this.size = size;
    this.#peers = peers;
  }

  static async join(options: GroupOptions): Promise<Group> {
    const { hosts, rank } = options;
    if (hosts.length === 1) return new Group(0, 1, []);
    const peers = rank === 0 ? await awaitPeers(options) : [await reachLeader(options)];
    return new Group(rank, hosts.length, peers);
  }

  get leads(): boolean {
    return this.rank === 0;
  }

  get bytesReceived(): number {
    return this.#peers.reduce((sum, peer) => sum + peer.bytesReceived, 0);
  }

  /** Replaces every instance's array by the sum over all instances. */
  async sum(values: Float64Array): Promise<void> {
    if (this.size === 1) return;
    const all = await this.gather(values);
    if (all !== undefined) {
      values.fill(0);
      for (const one of all) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) + (one[i] ?? 0);
    }
    values.set(await this.broadcast(values));
  }

  /** Everyone's array, at the leader, in order of rank. */
  async gather(values: Float64Array): Promise<readonly Float64Array[] | undefined> {
    if (!this.leads) {
      for (const leader of this.#peers) leader.send(bytesOf(values));
      return undefined;
    }
    const others: Float64Array[] = [];
    for (const peer of this.#peers) others.push(numbersOf(await peer.receive()));
    return [values.slice(), ...others];
  }

  /** The leader's array, at everyone. */
  async broadcast(values: Float64Array): Promise<Float64Array> {
    if (this.leads) for (const peer of this.#peers) peer.send(bytesOf(values));
    const [leader] = this.#peers;
    return this.leads || leader === undefined ? values : numbersOf(await leader.receive());
  }

  leave(): void {
    for (const peer of this.#peers) peer.end();
  }
}

const bytesOf = (values: Float64Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

function numbersOf(message: Buffer): Float64Array {
  const copy = new Uint8Array(message);
  return new Float64Array(copy.buffer, 0, copy.length / 8);
}

/** The leader's side: waits until every other instance has said who it is. Strangers are let go. */
async function awaitPeers({ hosts, port, waitMs }: GroupOptions): Promise<readonly Peer[]> {
  const found = new Map<string, Peer>();
  const complete = Promise.withResolvers<void>();
  const greet = async (socket: Socket): Promise<void> => {
    const peer = new Peer(socket, `a peer at ${socket.remoteAddress ?? 'an unknown address'}`);
    const [said, host] = (await peer.receive()).toString('utf8').split(' ');
    if (said !== greeting || host === undefined || !hosts.includes(host) || host === hosts[0]) return peer.destroy();
    peer.name = host;
    found.set(host, peer);
    if (found.size === hosts.length - 1) complete.resolve();
  };
  const server: Server = createServer((socket) => {
    greet(socket).catch(() => socket.destroy());
  });
  server.on('error', (error) => complete.reject(new TrainingError(`cannot listen on port ${port}: ${error.message}`)));
  server.listen(port, '0.0.0.0');
  const timer = setTimeout(() => {
    const missing = hosts.slice(1).filter((host) => !found.has(host));
    complete.reject(new TrainingError(`${missing.join(', ')} did not connect to ${hosts[0]}:${port} within ${waitMs / 1_000} seconds; ${hint}`));
  }, waitMs);
  try {
    await complete.promise;
  } catch (error) {
    for (const peer of found.values()) peer.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    server.close();
  }
  return hosts.slice(1).map((host) => found.get(host) as Peer);
}

async function connectOnce(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(connectMs) });
    return socket;
  } catch (error) {
    socket.destroy();
    if ((error as Error).name === 'AbortError') throw new Error(`no answer within ${connectMs / 1_000} seconds`, { cause: error });
    throw error;
  }
}

/** The others' side. Names of peers may not resolve at once, and the leader may still be starting: try until the deadline. */
async function reachLeader({ hosts, rank, port, waitMs }: GroupOptions): Promise<Peer> {
  const leader = hosts[0] ?? '';
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      const peer = new Peer(await connectOnce(leader, port), leader);
      peer.send(Buffer.from(`${greeting} ${hosts[rank]}`));
      return peer;
    } catch (error) {
      const message = (error as Error).message;
      if (performance.now() >= deadline) {
        throw new TrainingError(`cannot reach ${leader}:${port} for ${waitMs / 1_000} seconds (${message}); ${hint}`, { cause: error });
      }
      await pause(retryMs);
    }
  }
}
