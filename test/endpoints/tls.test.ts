import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CertificateAuthority } from '../../src/drivers/certificates/certificate-authority.ts';
import { DataPlane } from '../../src/endpoints/data-plane.ts';
import { hostCertificateNames, s3CertificateNames } from '../../src/endpoints/s3-host-names.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { FakeGateway } from './fake-gateway.ts';

let directory: string;
let authority: CertificateAuthority;
let plane: DataPlane;
let port: number;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cloister-tls-'));
  const groups = [s3CertificateNames('us-east-1'), hostCertificateNames];
  authority = await CertificateAuthority.open({ directory: join(directory, 'tls'), groups, clock: systemClock });
  plane = new DataPlane({ handler: new FakeGateway(directory), blobDirectory: directory, certificates: authority });
  ({ port } = await plane.open({ id: 'host', arrival: { kind: 'host' }, address: '127.0.0.1', port: 0, protocols: 'both' }));
});
afterAll(async () => {
  await plane.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A handshake as a client would do it that trusts this authority alone. The error of the client, or the names it was shown. */
async function handshake(servername: string | undefined, host = servername ?? '127.0.0.1'): Promise<string> {
  const socket: TLSSocket = connectTls({
    host: '127.0.0.1',
    port,
    ca: authority.certificatePem,
    ...(servername === undefined ? {} : { servername }),
  });
  const outcome = await new Promise<string>((resolve) => {
    socket.on('secureConnect', () => resolve(socket.getPeerCertificate().subjectaltname ?? ''));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? `${error.message} for ${host}`));
  });
  socket.destroy();
  return outcome;
}

it('speaks HTTP and HTTPS on one port, and knows which it was', async () => {
  const plain = (await (await fetch(`http://127.0.0.1:${port}/k`)).json()) as { arrival: unknown };
  expect(plain.arrival).toEqual({ kind: 'host', sourceIp: '127.0.0.1', secure: false });
  const text = await new Promise<string>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/k', method: 'POST', ca: authority.certificatePem, headers: { 'x-amz-target': 'A.B' } };
    request(options, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve(body));
    })
      .on('error', reject)
      .end('x'.repeat(100_000));
  });
  expect(JSON.parse(text)).toMatchObject({
    arrival: { kind: 'host', sourceIp: '127.0.0.1', secure: true },
    tlsVersion: '1.3',
    body: 'x'.repeat(100_000),
  });
});

it('shows each client the certificate of the name it asks for', async () => {
  expect(await handshake('localhost')).toContain('DNS:localhost');
  expect(await handshake(undefined)).toContain('IP Address:127.0.0.1');
  expect(await handshake('bucket.s3.us-east-1.amazonaws.com')).toContain('DNS:*.s3.us-east-1.amazonaws.com');
  expect(await handshake('sagemaker.us-east-1.amazonaws.com')).toBe('DNS:sagemaker.us-east-1.amazonaws.com');
  expect(await handshake('bucket.s3.localhost')).toBe('DNS:bucket.s3.localhost');
  expect(await handshake('a.b.s3.us-east-1.amazonaws.com')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

it('shows nothing to a client that asks for a name it may not vouch for, and goes on', async () => {
  expect(await handshake('example.com')).toMatch(/ECONNRESET|SSL/);
  expect(await handshake('localhost')).toContain('DNS:localhost');
});

it('survives clients that speak neither, and those that leave at once', async () => {
  for (const bytes of [Buffer.from([0x16, 3, 1, 0, 1, 0]), Buffer.from([0]), Buffer.alloc(0), Buffer.from('\r\n\r\n'), Buffer.alloc(100_000, 0x16)]) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.end(bytes);
    await new Promise((resolve) => socket.on('close', resolve).resume());
  }
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
});
