import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { createServer as createNetServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { SecureContext } from 'node:tls';
import { openTcpListener } from '../drivers/sockets/namespace-sockets.ts';
import { assert, present } from '../stdx/assert.ts';
import { sleep } from '../stdx/deadline.ts';
import { serveRequest, type ServedListener, type WorkerContext } from './exchange.ts';
import { deadlines, limits } from './limits.ts';
import type { WorkerListener } from './listener.ts';
import { certificateFreshMs, type SecureContexts } from './secure-contexts.ts';

/** First byte of a TLS handshake record; no HTTP request begins with it. */
const tlsHandshakeByte = 0x16;

const serverOptions = {
  maxHeaderSize: limits.headBytesMax,
  headersTimeout: deadlines.headersMs,
  requestTimeout: 0,
  keepAliveTimeout: deadlines.keepAliveMs,
  connectionsCheckingInterval: 5_000,
};

/** One open port: an HTTP server, a TLS server, or both behind a look at the first byte. */
export class HttpListener {
  readonly #listener: WorkerListener;
  readonly #served: ServedListener;
  readonly #servers: (HttpServer | HttpsServer)[] = [];
  readonly #front: Server;
  readonly #secure: HttpsServer | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #drained = new AbortController();
  #refresh: NodeJS.Timeout | undefined;

  private constructor(context: WorkerContext, listener: WorkerListener, contexts: SecureContexts) {
    this.#listener = listener;
    this.#served = { id: listener.id, bodies: listener.bodies, requests: 0 };
    const plain = listener.protocols === 'https' ? undefined : this.#serving(createHttpServer(serverOptions), context);
    const secure = listener.protocols === 'http' ? undefined : this.#serving(secureServer(contexts), context);
    this.#secure = secure;
    if (plain !== undefined && secure !== undefined) this.#front = createNetServer((socket) => this.#tellApart(socket, plain, secure));
    else this.#front = present(plain ?? secure, 'a listener speaks HTTP, TLS or both');
    this.#front.maxConnections = listener.bodies === 'none' ? limits.localConnectionsMax : limits.connectionsMax;
    this.#front.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Opens the port. Rejects when the address is taken or the namespace is gone. */
  static async open(context: WorkerContext, listener: WorkerListener, contexts: SecureContexts): Promise<HttpListener> {
    const opened = new HttpListener(context, listener, contexts);
    if (opened.#secure !== undefined) await opened.#showDefault(opened.#secure, contexts, context.control);
    await opened.#listen();
    return opened;
  }

  get port(): number {
    const address = this.#front.address();
    assert(address !== null && typeof address === 'object', 'an open listener has an address');
    return address.port;
  }

  /** Accepts nothing more, gives requests under way `drainMs`, then cuts. */
  async close(drainMs: number): Promise<void> {
    clearInterval(this.#refresh);
    const closed = once(this.#front, 'close');
    this.#front.close();
    if (this.#served.requests > 0 && drainMs > 0) await sleep(drainMs, this.#drained.signal);
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) if (server !== this.#front) server.close();
    await closed;
  }

  async #listen(): Promise<void> {
    const { namespacePath, address, port } = this.#listener;
    if (namespacePath === undefined) this.#front.listen({ host: address, port, backlog: 1024 });
    else this.#front.listen({ fd: openTcpListener({ namespacePath, address, port }) });
    await once(this.#front, 'listening');
    // Servers that are handed their connections start to watch the header deadlines only when they are told to.
    for (const server of this.#servers) if (server !== this.#front) server.emit('listening');
  }

  #serving<S extends HttpServer | HttpsServer>(server: S, context: WorkerContext): S {
    const serve =
      (waitsForContinue: boolean): RequestListener =>
      (request, response) =>
        void this.#watched(serveRequest(context, this.#served, request, response, waitsForContinue));
    server.on('request', serve(false));
    server.on('checkContinue', serve(true));
    this.#servers.push(server);
    return server;
  }

  async #watched(served: Promise<void>): Promise<void> {
    await served;
    if (this.#served.requests === 0 && !this.#front.listening) this.#drained.abort();
  }

  /** Clients that name no server, because they dial an address, are shown this; `SNICallback` is not called for them. */
  async #showDefault(server: HttpsServer, contexts: SecureContexts, control: WorkerContext['control']): Promise<void> {
    const show = async (): Promise<void> => {
      const { certificate, key } = await contexts.of(this.#listener.defaultServerName);
      server.setSecureContext({ cert: certificate, key, minVersion: 'TLSv1.2' });
    };
    await show();
    // The one that is shown goes on until the next time.
    const told = async (error: unknown): Promise<void> => await control.call('report', `the default certificate: ${String(error)}`);
    this.#refresh = setInterval(
      () =>
        void show()
          .catch(told)
          .catch(() => undefined),
      certificateFreshMs,
    ).unref();
  }

  /** Waits for the first byte and hands the connection, with that byte, to the server that speaks its protocol. */
  #tellApart(socket: Socket, plain: HttpServer, secure: HttpsServer): void {
    const giveUp = setTimeout(() => socket.destroy(), deadlines.firstByteMs);
    socket.on('close', () => clearTimeout(giveUp));
    const abandon = (): void => void socket.destroy();
    socket.on('error', abandon);
    socket.once('readable', () => {
      clearTimeout(giveUp);
      const first = socket.read(1) as Buffer | null;
      if (first === null) return void socket.destroy();
      socket.off('error', abandon);
      socket.unshift(first);
      (first[0] === tlsHandshakeByte ? secure : plain).emit('connection', socket);
    });
  }
}

function secureServer(contexts: SecureContexts): HttpsServer {
  return createHttpsServer({
    ...serverOptions,
    handshakeTimeout: deadlines.handshakeMs,
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    SNICallback(serverName, done) {
      void show(contexts, serverName, done);
    },
  });
}

async function show(contexts: SecureContexts, serverName: string, done: (error: Error | null, context?: SecureContext) => void): Promise<void> {
  let context: SecureContext;
  try {
    ({ context } = await contexts.of(serverName));
  } catch (error) {
    return done(error as Error);
  }
  done(null, context);
}
