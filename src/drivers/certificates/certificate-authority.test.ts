import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { manualClock, systemClock } from '../../stdx/clock.ts';
import { run } from '../process/process.ts';
import { CertificateAuthority } from './certificate-authority.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cloister-authority-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const groups = [
  ['s3.us-east-1.amazonaws.com', '*.s3.us-east-1.amazonaws.com'],
  ['localhost', '127.0.0.1', '::1'],
];
const open = (clock = systemClock): Promise<CertificateAuthority> => CertificateAuthority.open({ directory: join(directory, 'tls'), groups, clock });
const namesIn = (certificate: string): string | undefined => new X509Certificate(certificate).subjectAltName;

/** What a strict client (Python from 3.13 on) with nothing but this authority in its store says of a certificate. */
async function verdict(authority: CertificateAuthority, certificate: string): Promise<string> {
  const path = join(directory, 'leaf.pem');
  writeFileSync(path, certificate);
  return run(['openssl', 'verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', authority.certificatePath, path]).catch(
    (error: Error) => error.message,
  );
}

it('is made once, with keys that nobody else reads, and found again', async () => {
  const first = await open();
  const second = await open();
  expect(second.certificatePem).toBe(first.certificatePem);
  for (const name of ['authority.key', 'leaf.key']) expect(statSync(join(directory, 'tls', name)).mode & 0o777).toBe(0o600);
  expect(statSync(first.certificatePath).mode & 0o777).toBe(0o644);
  const text = await run(['openssl', 'x509', '-in', first.certificatePath, '-noout', '-text']);
  expect(text).toMatch(/Name Constraints: critical\s+Permitted:\s+DNS:amazonaws.com\s+DNS:api.aws\s+DNS:localhost\s+IP:127.0.0.0\/255.0.0.0/);
});

it('is made again when it was half made or is about to end', async () => {
  const first = await open();
  writeFileSync(first.certificatePath, readFileSync(first.certificatePath, 'utf8').slice(0, 100));
  const second = await open();
  expect(second.certificatePem).not.toBe(first.certificatePem);
  const later = await open(manualClock(new Date(systemClock.now().getTime() + 3640 * 86_400_000)));
  expect(later.certificatePem).not.toBe(second.certificatePem);
});

it('shows one certificate for the names of a group, and another for each further name', async () => {
  const authority = await open();
  const s3 = await authority.certificateFor('bucket.s3.us-east-1.amazonaws.com');
  expect(namesIn(s3.certificate)).toBe('DNS:s3.us-east-1.amazonaws.com, DNS:*.s3.us-east-1.amazonaws.com');
  expect(await authority.certificateFor('S3.us-east-1.amazonaws.com')).toEqual(s3);
  expect(await authority.certificateFor('a.b.s3.us-east-1.amazonaws.com')).toEqual(s3);
  expect(await authority.certificateFor(undefined)).toEqual(s3);
  const host = await authority.certificateFor('127.0.0.1');
  expect(namesIn(host.certificate)).toContain('DNS:localhost, IP Address:127.0.0.1');
  const other = await authority.certificateFor('repo.us-east-1.amazonaws.com');
  expect(namesIn(other.certificate)).toBe('DNS:repo.us-east-1.amazonaws.com');
  for (const { certificate } of [s3, host, other]) expect(await verdict(authority, certificate)).toContain(': OK');
});

it('vouches for nothing else, and clients would not believe it', async () => {
  const authority = await open();
  for (const name of [
    'example.com',
    'amazonaws.com.example.com',
    'evilamazonaws.com',
    '10.0.0.1',
    'a\nb.amazonaws.com',
    '',
    `${'x'.repeat(300)}.amazonaws.com`,
  ]) {
    await expect(authority.certificateFor(name)).rejects.toThrow('no certificate for');
  }
  const key = join(directory, 'tls', 'authority.key');
  const issuer = ['-CA', authority.certificatePath, '-CAkey', key, '-key', join(directory, 'tls', 'leaf.key')];
  const stolen = await run(['openssl', 'req', '-x509', '-new', ...issuer, '-subj', '/CN=x', '-addext', 'subjectAltName=DNS:example.com']);
  expect(await verdict(authority, stolen)).toContain('permitted subtree violation');
});

it('makes a certificate anew before it ends', async () => {
  const clock = manualClock(systemClock.now());
  const authority = await open(clock);
  const first = await authority.certificateFor('localhost');
  expect(await authority.certificateFor('localhost')).toEqual(first);
  clock.advance(370 * 86_400_000);
  expect((await authority.certificateFor('localhost')).certificate).not.toBe(first.certificate);
});

it('refuses to make too many at once', async () => {
  const authority = await open();
  const asked = await Promise.allSettled(Array.from({ length: 80 }, (_, n) => authority.certificateFor(`n${n}.us-east-1.amazonaws.com`)));
  const refused = asked.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBe(80 - 66);
});
