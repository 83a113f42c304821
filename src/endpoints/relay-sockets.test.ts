import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { RelaySockets } from './relay-sockets.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

/** The operator's program, and a relay to it. */
async function relayTo(serve: (socket: Socket) => void): Promise<{ port: number; server: Server; relay: RelaySockets }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => serve(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const relay = await RelaySockets.open({ id: 'relay', address: '127.0.0.1', port: 0, relayTo: { host: '127.0.0.1', port } });
  closings.push(
    async () => await relay.close(),
    async () => await new Promise((resolve) => server.close(resolve)),
  );
  return { port: relay.port, server, relay };
}

const ask = (port: number): Socket => connect({ host: '127.0.0.1', port, allowHalfOpen: true });

it('carries both directions, and the end of one before that of the other', async () => {
  const { port } = await relayTo((socket) => void text(socket).then((got) => socket.end(`got ${got}`)));
  const socket = ask(port);
  socket.end('all of it');
  expect(await text(socket)).toBe('got all of it');
});

it('carries many bytes to one who reads slowly, and not ahead of it', async () => {
  const bytes = 64 << 20;
  let written = 0;
  const { port } = await relayTo((socket) => {
    const chunk = Buffer.alloc(1 << 16, 'x');
    const more = (): void => {
      while (written < bytes) {
        written += chunk.length;
        if (!socket.write(chunk)) return void socket.once('drain', more);
      }
      socket.end();
    };
    more();
  });
  const socket = ask(port);
  socket.pause();
  await once(socket, 'connect');
  // Nothing is read: what was written stays in the buffers of the way.
  let before = -1;
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(written).toBeLessThan(bytes / 2);
  expect((await buffer(socket)).length).toBe(bytes);
});

it('resets who asks when nobody is at the address', async () => {
  const { port, server } = await relayTo(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  closings.pop();
  const [error] = (await once(ask(port), 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
});

it('tells one side when the other is cut off', async () => {
  const { port } = await relayTo((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const socket = ask(port);
  socket.write('now');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
});

it('cuts its connections when it is closed', async () => {
  const { port, relay } = await relayTo((socket) => socket.write('hello'));
  const socket = ask(port);
  await once(socket, 'data');
  const cut = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>;
  await relay.close();
  closings.shift();
  expect((await cut)[0].code).toBe('ECONNRESET');
});
