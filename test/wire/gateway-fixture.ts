import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Access } from '../../src/access/access.ts';
import { AwsError } from '../../src/aws/aws-error.ts';
import { checksumOf, isChecksumAlgorithm } from '../../src/aws/checksum.ts';
import { checksumMismatch, ChunkedDecoder } from '../../src/aws/chunked.ts';
import type { ChunkedDecoding, Plan, Reply, RequestHead } from '../../src/aws/message.ts';
import { validate } from '../../src/aws/validate.ts';
import type { AuditRecord, RefusalRecord } from '../../src/gateway/records.ts';
import { Gateway } from '../../src/gateway/gateway.ts';
import type { GatewayOptions, OperatorPaths, Registries } from '../../src/gateway/gateway-options.ts';
import type { Arrival } from '../../src/model/arrival.ts';
import type { AccessRequest } from '../../src/model/policy/decision.ts';
import { machine } from '../fakes/machine.ts';
import type { Principal } from '../../src/model/policy/principal.ts';
import { implicitDeny } from '../../src/model/policy/sentences.ts';
import { type Clock, systemClock } from '../../src/stdx/clock.ts';
import { seededRandom } from '../../src/stdx/random.ts';
import { BlobSlice } from '../../src/store/blobs/blob.ts';
import { Store } from '../../src/store/store.ts';

export const account = '111122223333';
export const rootKey = { accessKeyId: 'AKIAROOT', secretAccessKey: 'root-secret' };
export const userKey = { accessKeyId: 'AKIAUSER', secretAccessKey: 'user-secret' };
export const sessionKey = { accessKeyId: 'ASIASESSION', secretAccessKey: 'session-secret', sessionToken: 'token/with+signs==' };

const root: Principal = { type: 'root', accountId: account, arn: `arn:aws:iam::${account}:root` };
const user: Principal = { type: 'user', accountId: account, arn: `arn:aws:iam::${account}:user/ann`, userId: 'AIDAANN', userName: 'ann' };

/** Root may do everything, everybody else what a test allows. */
export class FakeAccess implements Access {
  readonly asked: AccessRequest[] = [];
  allowed: (request: AccessRequest) => boolean = ({ principal }) => principal.type === 'root';

  authorise(request: AccessRequest): ReturnType<Access['authorise']> {
    this.asked.push(request);
    if (this.allowed(request)) return { verdict: 'allow', determining: [], message: '' };
    const { principal, demand } = request;
    const subject = { resourceOwner: account, ...demand, principal, keys: { unknownKeys: new Set<string>() } };
    return { verdict: 'deny', missing: 'identity', determining: [], message: implicitDeny(subject, 'identity') };
  }

  caseOf({ principal, arrival, demand, now }: AccessRequest): ReturnType<Access['caseOf']> {
    const known = { resourceOwner: account, requiresResourcePolicy: false, region: 'us-west-2', accountId: account, principalTags: {}, policies: [] };
    return { principal, arrival, demand, time: now.toISOString(), ...known };
  }

  resolve(accessKeyId: string, sessionToken: string | undefined): ReturnType<Access['resolve']> {
    if (accessKeyId === rootKey.accessKeyId && sessionToken === undefined) return { secretAccessKey: rootKey.secretAccessKey, principal: root };
    if (accessKeyId === userKey.accessKeyId && sessionToken === undefined) return { secretAccessKey: userKey.secretAccessKey, principal: user };
    if (accessKeyId === sessionKey.accessKeyId && sessionToken === sessionKey.sessionToken)
      return { secretAccessKey: sessionKey.secretAccessKey, principal: user };
    return undefined;
  }

  assumeRole(): never {
    throw new Error('nobody assumes a role here');
  }

  issueSession(): never {
    throw new Error('nobody asks for credentials here');
  }

  endSessions(): never {
    throw new Error('nobody ends a session here');
  }

  accountOfKey(): never {
    throw new Error('nobody asks whose a key is here');
  }

  issueAccessKey(): never {
    throw new Error('nobody asks for credentials here');
  }
}

export const noOperations: Registries = { ec2: {}, iam: {}, logs: {}, s3: {}, sagemaker: {}, sts: {} };

export interface Fixture {
  readonly gateway: Gateway;
  readonly store: Store;
  readonly access: FakeAccess;
  readonly audit: AuditRecord[];
  readonly refusals: RefusalRecord[];
  readonly logged: string[];
  readonly discarded: string[];
}

export interface GatewayExtras {
  readonly operatorPaths?: OperatorPaths;
  readonly clock?: Clock;
  readonly ended?: AbortSignal;
}

export function makeGateway(registries: Partial<Registries>, extra: GatewayExtras = {}): Fixture {
  const access = new FakeAccess();
  const audit: AuditRecord[] = [];
  const refusals: RefusalRecord[] = [];
  const logged: string[] = [];
  const discarded: string[] = [];
  const store = new Store(':memory:');
  const options: GatewayOptions = {
    registries: { ...noOperations, ...registries },
    store,
    access,
    machine,
    chosenIds: false,
    validate,
    clock: extra.clock ?? systemClock,
    random: seededRandom(7),
    accountId: account,
    region: 'eu-central-1',
    wake: () => {},
    blobPath: (blobId) => blobId,
    discardBlob: (blobId) => void discarded.push(blobId),
    ...(extra.operatorPaths === undefined ? {} : { operatorPaths: extra.operatorPaths }),
    ...(extra.ended === undefined ? {} : { ended: extra.ended }),
    audit: (record) => void audit.push(record),
    findRefusals: async (requestId) => await Promise.resolve(refusals.filter((record) => record.requestId === requestId)),
    recordRefusal: (record) => void refusals.push(record),
    log: (message, { error }) => void logged.push(`${message}: ${String(error)}`),
  };
  return { gateway: new Gateway(options), store, access, audit, refusals, logged, discarded };
}

/** A server that owns the sockets of one gateway, as a data worker does, with the blobs in memory. */
export class GatewayServer {
  readonly blobs = new Map<string, Uint8Array>();
  readonly #gateway: Gateway;
  readonly #arrival: Arrival;
  readonly #server = createServer({ joinDuplicateHeaders: false }, (request, response) => void this.#serve(request, response));

  constructor(gateway: Gateway, arrival: Arrival = { kind: 'host', sourceIp: '127.0.0.1', secure: false }) {
    this.#gateway = gateway;
    this.#arrival = arrival;
  }

  async listen(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(0, '127.0.0.1', resolve);
    await promise;
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  slice(blobId: string): BlobSlice {
    return new BlobSlice(blobId, 0, (this.blobs.get(blobId)?.length ?? 0) - 1);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.#reply(requestHead(request, this.#arrival), request);
    response.writeHead(reply.status, reply.headers);
    const { body } = reply;
    if (body === undefined || body instanceof Uint8Array) return void response.end(body);
    const slices = 'path' in body ? [body] : body;
    response.end(Buffer.concat(slices.map(({ path, start, end }) => this.blobs.get(path)?.subarray(start, end + 1) ?? Buffer.alloc(0))));
  }

  async #reply(head: RequestHead, request: IncomingMessage): Promise<Reply> {
    const plan = await this.#gateway.plan(head);
    if (plan.kind === 'reply') {
      request.resume();
      return plan.reply;
    }
    try {
      const { bytes, checksums } = decodeBody(await buffer(request), plan.decode);
      if (plan.kind === 'collect') return await this.#gateway.complete(plan.ticket, { body: bytes });
      this.blobs.set(plan.blobId, bytes);
      const received = { blobId: plan.blobId, size: bytes.length, checksums: { ...checksums, ...checkedSums(plan, bytes) } };
      return await this.#gateway.complete(plan.ticket, { received });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return this.#gateway.complete(plan.ticket, { failed: { code: error.code, message: error.message } });
    }
  }
}

export function requestHead(request: IncomingMessage, arrival: Arrival): RequestHead {
  const headers: [string, string][] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) headers.push([(request.rawHeaders[i] ?? '').toLowerCase(), request.rawHeaders[i + 1] ?? '']);
  return { method: request.method ?? '', target: request.url ?? '', headers, arrival };
}

function decodeBody(raw: Uint8Array, decode: ChunkedDecoding | undefined): { bytes: Uint8Array; checksums: Readonly<Record<string, string>> } {
  if (decode === undefined) return { bytes: raw, checksums: {} };
  const decoder = new ChunkedDecoder(decode);
  const bytes = Buffer.concat(decoder.push(raw));
  return { bytes, checksums: decoder.finish().checksums };
}

function checkedSums(plan: Plan & { kind: 'receive' }, bytes: Uint8Array): Record<string, string> {
  if (plan.expectedSha256 !== undefined && plan.expectedSha256 !== Buffer.from(checksumOf('sha256', bytes), 'base64').toString('hex')) {
    throw new AwsError('XAmzContentSHA256Mismatch', 'The body is not the one that was signed.');
  }
  const sums: Record<string, string> = {};
  for (const [algorithm, expected] of Object.entries(plan.expectedChecksums)) {
    if (expected === 'trailer' || !isChecksumAlgorithm(algorithm)) continue;
    sums[algorithm] = checksumOf(algorithm, bytes);
    if (sums[algorithm] !== expected) throw checksumMismatch(algorithm);
  }
  return sums;
}
