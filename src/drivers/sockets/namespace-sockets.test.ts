import { createServer, connect } from 'node:net';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { libc, SystemCallError, type Libc } from './libc.ts';
import { inNamespace, openTcpListener, openUdpSocket } from './namespace-sockets.ts';

it('opens a TCP listener that Node can own', async () => {
  const server = createServer((socket) => socket.end('hello'));
  server.listen({ fd: openTcpListener({ address: '127.0.0.1', port: 0 }) });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  const client = connect(address.port, '127.0.0.1').setEncoding('utf8');
  expect(await client.toArray()).toEqual(['hello']);
  server.close();
});

it('opens a UDP socket that Node can own', async () => {
  const socket = createSocket('udp4');
  // 'listening' comes before `bind` returns when a descriptor is given.
  const listening = once(socket, 'listening');
  socket.bind({ fd: openUdpSocket({ address: '127.0.0.1', port: 0 }) });
  await listening;
  expect(socket.address().address).toBe('127.0.0.1');
  socket.close();
});

it('names the call and the code when an address is taken', () => {
  const server = openTcpListener({ address: '127.0.0.1', port: 0 });
  expect(() => openTcpListener({ address: '127.0.0.1', port: 1 << 20 })).toThrow('is a port');
  expect(() => openTcpListener({ address: '::1', port: 80 })).toThrow('is an IPv4 address');
  libc().close(server);
});

it('says so when the namespace does not exist', () => {
  expect(() => openTcpListener({ namespacePath: '/run/netns/cloister-none', address: '127.0.0.1', port: 80 })).toThrow('ENOENT');
});

/** Counts calls of `setns`; the call with the given number fails. */
function brokenLibc(failingCall: number): Libc & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    ...libc(),
    calls,
    setns() {
      calls.push('setns');
      return calls.length === failingCall ? -1 : 0;
    },
    errno: () => 1,
    abort() {
      calls.push('abort');
      throw new Error('aborted');
    },
  };
}

it('does nothing when it cannot enter', () => {
  const library = brokenLibc(1);
  let opened = false;
  const enter = (): void => inNamespace(library, '/proc/self/ns/net', () => void (opened = true));
  expect(enter).toThrow(SystemCallError);
  expect(opened).toBe(false);
  expect(library.calls).toEqual(['setns']);
});

it('ends the process when it cannot come back, also when opening failed', () => {
  for (const open of [
    () => 3,
    () => {
      throw new Error('bind');
    },
  ]) {
    const library = brokenLibc(2);
    expect(() => inNamespace(library, '/proc/self/ns/net', open)).toThrow('aborted');
    expect(library.calls).toEqual(['setns', 'setns', 'abort']);
  }
});
