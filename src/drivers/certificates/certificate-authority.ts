import { X509Certificate, createPrivateKey } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { assert } from '../../stdx/assert.ts';
import type { Clock } from '../../stdx/clock.ts';
import { run } from '../process/process.ts';

export interface AuthorityOptions {
  /** Of the daemon, 0700. Holds `authority.pem`, which clients trust, and two keys, which nobody else reads. */
  readonly directory: string;
  /**
   * Names that share one certificate, `*.` in front for one more label. A name below a wildcard by more than one label
   * gets the group's certificate too and is refused by the client, as AWS's is for buckets with dots. The first group
   * is the default for clients that name no server.
   */
  readonly groups: readonly (readonly string[])[];
  readonly clock: Clock;
}

/** PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** All that the authority can ever sign for, also when its key is stolen: clients check it (RFC 5280 §4.2.1.10). */
const permittedDomains = ['amazonaws.com', 'api.aws', 'localhost'] as const;
const permittedAddresses = ['127.0.0.0/255.0.0.0', '::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'] as const;
const [authorityDays, leafDays] = [3650, 397];
/** A certificate that ends sooner is made anew. */
const renewBeforeMs = 30 * 24 * 60 * 60 * 1000;
const leavesMax = 256;
/** Names come from clients, and each new one costs a process. */
const [mintsAtOnceMax, mintsWaitingMax] = [2, 64];

/** A certificate authority of this machine, made at first start, that can vouch for AWS's names and this host only. */
export class CertificateAuthority {
  /** What clients must trust: AWS_CA_BUNDLE, and the trust store of containers. */
  readonly certificatePath: string;
  readonly certificatePem: string;
  readonly #options: AuthorityOptions;
  readonly #leafKey: string;
  readonly #leaves = new Map<string, Promise<IssuedCertificate>>();
  readonly #waiting: (() => void)[] = [];
  #minting = 0;

  private constructor(options: AuthorityOptions, certificatePem: string, leafKey: string) {
    this.#options = options;
    this.certificatePath = authorityFiles(options.directory).certificate;
    this.certificatePem = certificatePem;
    this.#leafKey = leafKey;
  }

  /** Loads the authority of a directory, or makes it when it is missing, half made, or about to end. */
  static async open(options: AuthorityOptions): Promise<CertificateAuthority> {
    assert(
      options.groups.every((names) => names.length > 0 && names.every(isPermitted)),
      'every group has names, all of them permitted',
    );
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const files = authorityFiles(options.directory);
    await chmod(options.directory, 0o700);
    if (!(await isUsable(files, options.clock))) await makeAuthority(files);
    await makeKey(files.leafKey);
    return new CertificateAuthority(options, await readFile(files.certificate, 'utf8'), await readFile(files.leafKey, 'utf8'));
  }

  /** The certificate to show to a client that asked for a name. Rejects for names the authority may not vouch for. */
  async certificateFor(serverName: string | undefined): Promise<IssuedCertificate> {
    const name = serverName?.toLowerCase();
    const names = name === undefined ? this.#options.groups[0] : (this.#options.groups.find((group) => covers(group, name)) ?? [name]);
    assert(names !== undefined, 'there is a default group');
    if (!names.every(isPermitted)) throw new Error(`no certificate for ${JSON.stringify(serverName?.slice(0, 255))}`);
    const key = names.join(' ');
    let leaf = this.#leaves.get(key);
    if (leaf === undefined || !(await this.#isFresh(leaf))) {
      leaf = this.#mint(names);
      leaf.catch(() => this.#leaves.delete(key));
    }
    // The most recently used are last.
    this.#leaves.delete(key);
    this.#leaves.set(key, leaf);
    for (const oldest of this.#leaves.keys()) if (this.#leaves.size > leavesMax) this.#leaves.delete(oldest);
    return leaf;
  }

  async #isFresh(leaf: Promise<IssuedCertificate>): Promise<boolean> {
    return isFresh(new X509Certificate((await leaf).certificate), this.#options.clock);
  }

  async #mint(names: readonly string[]): Promise<IssuedCertificate> {
    if (this.#minting >= mintsAtOnceMax) {
      if (this.#waiting.length >= mintsWaitingMax) throw new Error('too many certificates are being made');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#minting += 1;
    try {
      const { key, certificate, leafKey } = authorityFiles(this.#options.directory);
      const issuer = ['-CA', certificate, '-CAkey', key, '-key', leafKey, '-days', String(leafDays)];
      const pem = await run(['openssl', 'req', '-x509', '-new', '-sha256', '-config', '-', ...issuer], { input: leafConfiguration(names) });
      return { certificate: pem, key: this.#leafKey };
    } finally {
      this.#minting -= 1;
      this.#waiting.shift()?.();
    }
  }
}

interface AuthorityFiles {
  readonly key: string;
  readonly certificate: string;
  readonly leafKey: string;
}

const authorityFiles = (directory: string): AuthorityFiles => ({
  key: join(directory, 'authority.key'),
  certificate: join(directory, 'authority.pem'),
  leafKey: join(directory, 'leaf.key'),
});

/** Whether a name, exact or below, belongs to a group. */
function covers(group: readonly string[], name: string): boolean {
  return group.some((pattern) => pattern === name || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1))));
}

const hostNamePattern = /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function isPermitted(name: string): boolean {
  if (isIP(name) === 4) return name.startsWith('127.');
  if (isIP(name) === 6) return name === '::1';
  return name.length <= 253 && hostNamePattern.test(name) && permittedDomains.some((domain) => name === domain || name.endsWith(`.${domain}`));
}

async function isUsable(files: AuthorityFiles, clock: Clock): Promise<boolean> {
  try {
    const certificate = new X509Certificate(await readFile(files.certificate));
    await chmod(files.key, 0o600);
    return certificate.checkPrivateKey(createPrivateKey(await readFile(files.key))) && isFresh(certificate, clock);
  } catch {
    return false;
  }
}

const isFresh = (certificate: X509Certificate, clock: Clock): boolean => certificate.validToDate.getTime() - clock.now().getTime() > renewBeforeMs;

async function makeAuthority(files: AuthorityFiles): Promise<void> {
  await rm(files.certificate, { force: true });
  await makeKey(files.key);
  const made = `${files.certificate}.new`;
  const self = ['-key', files.key, '-days', String(authorityDays), '-out', made];
  await run(['openssl', 'req', '-x509', '-new', '-sha256', '-config', '-', ...self], { input: authorityConfiguration() });
  await chmod(made, 0o644);
  await rename(made, files.certificate);
}

/** A fresh key in place of what is there: `openssl` makes it 0600 from its first byte, the rename makes it whole. */
async function makeKey(path: string): Promise<void> {
  const made = `${path}.new`;
  await rm(made, { force: true });
  await run(['openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', made]);
  await chmod(made, 0o600);
  await rename(made, path);
}

function authorityConfiguration(): string {
  const names = [
    ...permittedDomains.map((domain, n) => `permitted;DNS.${n} = ${domain}`),
    ...permittedAddresses.map((range, n) => `permitted;IP.${n} = ${range}`),
  ];
  return [
    ...requestSection('Cloister certificate authority of this machine'),
    'basicConstraints = critical, CA:TRUE, pathlen:0',
    'keyUsage = critical, keyCertSign, cRLSign',
    'extendedKeyUsage = serverAuth',
    'subjectKeyIdentifier = hash',
    'nameConstraints = critical, @names',
    '[names]',
    ...names,
    '',
  ].join('\n');
}

function leafConfiguration(names: readonly string[]): string {
  return [
    ...requestSection('Cloister'),
    'basicConstraints = critical, CA:FALSE',
    'keyUsage = critical, digitalSignature',
    'extendedKeyUsage = serverAuth',
    'subjectKeyIdentifier = hash',
    'authorityKeyIdentifier = keyid',
    'subjectAltName = @names',
    '[names]',
    ...names.map((name, n) => `${isIP(name) === 0 ? 'DNS' : 'IP'}.${n} = ${name}`),
    '',
  ].join('\n');
}

const requestSection = (commonName: string): string[] => [
  '[req]',
  'distinguished_name = subject',
  'x509_extensions = extensions',
  'prompt = no',
  '[subject]',
  'O = Cloister',
  `CN = ${commonName}`,
  '[extensions]',
];
