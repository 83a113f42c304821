import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { openTcpListener } from '../drivers/sockets/namespace-sockets.ts';
import type { TcpAddress } from '../model/endpoint-services.ts';

/** A port at which bytes are taken for an address of the operator's, in the namespace of an endpoint's interface. */
export interface RelayPlace {
  readonly id: string;
  readonly namespacePath?: string;
  readonly address: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  readonly relayTo: TcpAddress;
}

const connectionsMax = 512;
const relayConnectMs = 5_000;
/** https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-services.html: a connection that is idle so long is ended. */
const relayIdleMs = 350_000;

/**
 * Carries bytes between connections inside a VPC and one address in the host's network, and knows nothing of them. Each side
 * may end its direction by itself; neither is read faster than the other takes.
 */
export class RelaySockets {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor({ relayTo }: RelayPlace) {
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (inner) => this.#relay(inner, relayTo));
    this.#server.maxConnections = connectionsMax;
  }

  static async open(place: RelayPlace): Promise<RelaySockets> {
    const { namespacePath, address, port } = place;
    const relay = new RelaySockets(place);
    const where = { address, port, ...(namespacePath === undefined ? {} : { namespacePath }) };
    relay.#server.listen({ fd: openTcpListener(where) });
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    const bound = this.#server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : 0;
  }

  /** Cuts the connections too: none outlives its endpoint. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#open) socket.resetAndDestroy();
    await closed;
  }

  #relay(inner: Socket, { host, port }: TcpAddress): void {
    const outer = connect({ host, port, allowHalfOpen: true });
    const cut = (): void => {
      inner.resetAndDestroy();
      outer.resetAndDestroy();
    };
    // Before it is connected the deadline is short; the bytes that wait inside are not read meanwhile.
    outer.setTimeout(relayConnectMs, cut);
    for (const socket of [inner, outer]) {
      this.#open.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.#open.delete(socket);
        // One that closed without an end was reset.
        if (!socket.readableEnded) cut();
      });
    }
    outer.once('connect', () => {
      outer.setTimeout(relayIdleMs);
      inner.setTimeout(relayIdleMs, cut);
      inner.pipe(outer);
      outer.pipe(inner);
    });
  }
}
