import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CertificateAuthority } from '../../src/drivers/certificates/certificate-authority.ts';
import { DataPlane } from '../../src/endpoints/data-plane.ts';
import { deadlines } from '../../src/endpoints/limits.ts';
import { hostCertificateNames } from '../../src/endpoints/s3-host-names.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { FakeGateway } from './fake-gateway.ts';

let directory: string;
let plane: DataPlane;
const ports: Record<string, number> = {};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cloister-deadlines-'));
  const certificates = await CertificateAuthority.open({ directory: join(directory, 'tls'), groups: [hostCertificateNames], clock: systemClock });
  plane = new DataPlane({ handler: new FakeGateway(directory), blobDirectory: directory, certificates });
  for (const protocols of ['http', 'https', 'both'] as const) {
    const { port } = await plane.open({ id: protocols, arrival: { kind: 'host' }, address: '127.0.0.1', port: 0, protocols });
    ports[protocols] = port;
  }
});
afterAll(async () => {
  await plane.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** How long a connection lives on which a client sends these bytes and then nothing. */
async function lifetimeMs(socket: Socket, bytes: string): Promise<number> {
  const start = performance.now();
  socket.on('error', () => undefined);
  if (bytes !== '') socket.write(bytes);
  await new Promise((resolve) => socket.on('close', resolve).resume());
  return performance.now() - start;
}

const plain = (server: string): Socket => connect(ports[server] ?? 0, '127.0.0.1');
const secure = (server: string): Socket => connectTls({ port: ports[server] ?? 0, host: '127.0.0.1', rejectUnauthorized: false });
const halfHead = 'GET / HTTP/1.1\r\nHost: h\r\n';

it.concurrent.each([
  ['half a head, HTTP', () => plain('http'), halfHead, deadlines.headersMs],
  ['half a head, HTTPS', () => secure('https'), halfHead, deadlines.headersMs],
  ['half a head, HTTP beside HTTPS', () => plain('both'), halfHead, deadlines.headersMs],
  ['half a head, HTTPS beside HTTP', () => secure('both'), halfHead, deadlines.headersMs],
  ['no byte, either', () => plain('both'), '', deadlines.firstByteMs],
  ['no handshake', () => plain('https'), '', deadlines.handshakeMs],
  ['half a handshake', () => plain('both'), '\u0016\u0003', deadlines.handshakeMs],
])('a client that sends %s is let go', async (_what, open, bytes, deadlineMs) => {
  const lived = await lifetimeMs(open(), bytes);
  expect(lived).toBeGreaterThan(deadlineMs - 1_000);
  // Heads are looked after every five seconds.
  expect(lived).toBeLessThan(deadlineMs + 9_000);
});
