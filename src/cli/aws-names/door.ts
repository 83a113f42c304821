import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { answerQuestion } from './answer.ts';

/** Of this machine's own loopback network, tried in turn: each command has a door of its own. */
const addresses = Array.from({ length: 250 }, (_, index) => `127.83.51.${index + 1}`);
const dnsPort = 53;
/** Of AWS's services. Both lead to the daemon's one port, which tells TLS from plain HTTP by the first byte. */
const servicePorts = [443, 80] as const;
const connectMs = 5_000;

export interface Door {
  /** Where AWS's names are while it is open. */
  readonly address: string;
  close(): Promise<void>;
}

/** A loopback address that is every AWS service: a resolver that says so, and ports that lead to the daemon. */
export async function openDoor(daemon: URL): Promise<Door> {
  for (const address of addresses) {
    const opened: Opened[] = [];
    try {
      for (const port of servicePorts) opened.push(await openRelay(address, port, daemon));
      opened.push(await openResolver(address));
      return { address, close: async () => await closeAll(opened) };
    } catch (error) {
      await closeAll(opened);
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(`ports 53, 80 and 443 are taken on all of ${addresses[0]} to ${addresses.at(-1)}: does a program listen on every address?`);
}

interface Opened {
  close(): Promise<void>;
}

const closeAll = async (opened: readonly Opened[]): Promise<void> => void (await Promise.all(opened.map(async (one) => await one.close())));

async function openRelay(address: string, port: number, daemon: URL): Promise<Opened> {
  const open = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (inner) => relay(inner, daemon, open));
  server.listen(port, address);
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.close();
    for (const socket of open) socket.destroy();
    await once(server, 'close');
  };
  return { close };
}

/** Bytes to the daemon and back; each side may end its direction by itself. */
function relay(inner: Socket, { hostname, port }: URL, open: Set<Socket>): void {
  const outer = connect({ host: hostname, port: Number(port), allowHalfOpen: true, timeout: connectMs });
  const cut = (): void => {
    inner.destroy();
    outer.destroy();
  };
  outer.once('timeout', cut);
  for (const socket of [inner, outer]) {
    open.add(socket);
    socket.once('error', cut);
    socket.once('close', () => open.delete(socket));
  }
  outer.once('connect', () => {
    outer.setTimeout(0);
    inner.pipe(outer);
    outer.pipe(inner);
  });
}

async function openResolver(address: string): Promise<Opened> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const answer = answerQuestion(message, address);
    // One that cannot be sent is one that was lost; the asker asks again.
    if (answer !== undefined) socket.send(answer, from.port, from.address, () => undefined);
  });
  socket.bind(dnsPort, address);
  await once(socket, 'listening');
  const close = async (): Promise<void> => {
    socket.close();
    await once(socket, 'close');
  };
  return { close };
}
