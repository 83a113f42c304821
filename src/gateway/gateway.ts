import { assert } from '../stdx/assert.ts';
import { DeadlineExceeded } from '../stdx/deadline.ts';
import { AwsError } from '../aws/aws-error.ts';
import { repeatedHeader } from '../aws/headers.ts';
import type { Plan, Reply, RequestHandler, RequestHead } from '../aws/message.ts';
import { type EncodedReply, readRpc, writeError, writeRpc } from '../aws/rpc.ts';
import { serviceModel, type ServiceModel } from '../aws/service-model.ts';
import { SigV4Verifier } from '../aws/sigv4.ts';
import { identityError } from '../aws/signature-errors.ts';
import type { ServiceName } from '../model/arrival.ts';
import { repositoriesPath } from '../model/package-repositories.ts';
import type { Principal } from '../model/policy/principal.ts';
import type { Operation, OperationContext } from '../services/operation.ts';
import type { ReceivedBlob } from '../store/blobs/blob.ts';
import { authenticate, type IdentityRules, operatorSigningName } from './authenticate.ts';
import { type BodyResult, collectedBody, type Continuation } from './body-result.ts';
import { withCors } from './cross-origin.ts';
import { beginExchange, type Exchange, hasBody } from './exchange.ts';
import { collectedBytesMax, type GatewayOptions } from './gateway-options.ts';
import { principalName } from './records.ts';
import { requestMarks } from './request-marks.ts';
import { checkVersion, modelForUnknown, notImplemented, readRpcBody, serviceOf, unknownOperation } from './route.ts';
import { OperationRunner } from './run-operation.ts';
import { S3Gateway } from './s3-gateway.ts';
import { Tickets } from './tickets.ts';

const operatorPrefix = '/_cloister/';
/** What anybody on the host may ask for: what monitors read, and where existing tooling looks for it. */
const openOperatorPaths: ReadonlySet<string> = new Set([
  'GET /_cloister/health',
  'HEAD /_cloister/health',
  'GET /_localstack/health',
  'HEAD /_localstack/health',
  'GET /metrics',
  'POST /moto-api/reset',
]);

/** A service of AWS that Cloister acts as. */
export interface ActingService {
  /** `sagemaker.amazonaws.com` */
  readonly servicePrincipal: string;
  /** The resource that it acts for. */
  readonly sourceArn?: string;
  /** The body of an operation that receives one. When the call fails it is still the caller's. */
  readonly received?: ReceivedBlob;
}

/**
 * Where every request goes through, from every door, in this order: route → authenticate → decode → validate →
 * authorise → run → encode → audit. Owns no socket and reads no body: whoever does asks for a plan, and completes it.
 */
export class Gateway implements RequestHandler<ReceivedBlob> {
  readonly #options: GatewayOptions;
  readonly #runner: OperationRunner;
  readonly #rules: IdentityRules;
  readonly #tickets: Tickets<BodyResult>;
  readonly #s3: S3Gateway;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#runner = new OperationRunner(options);
    this.#rules = { access: options.access, verifier: new SigV4Verifier(), region: options.region };
    this.#tickets = new Tickets(options.clock);
    this.#s3 = new S3Gateway(options, this.#runner, this.#rules);
  }

  /** See `RequestHandler`. Without `body` the answer may be to collect it first, for any service. */
  async plan(head: RequestHead, body?: Uint8Array): Promise<Plan> {
    const exchange = this.#begin(head);
    try {
      return await this.#plan(exchange, body);
    } catch (error) {
      return { kind: 'reply', reply: this.#refuse(exchange, error) };
    }
  }

  async complete(ticketId: string, result: BodyResult): Promise<Reply> {
    const ticket = this.#tickets.take(ticketId);
    if (ticket !== undefined) return ticket.resume(result);
    // The ticket is spent or too old. A blob stays for the garbage reconciler: had it been committed, a row points to it.
    const error = new AwsError('RequestTimeout', 'The body of the request came too late.');
    return toReply(writeError(error, { model: serviceModel('s3'), requestId: this.#options.random.base32(16) }));
  }

  abandon(ticketId: string): void {
    this.#tickets.take(ticketId)?.abandoned();
  }

  /**
   * The door for Cloister itself, acting for `principal`: the same validation, authorisation, operation and audit line.
   * @param as who acts, and what it brings
   */
  async call(
    service: ServiceName,
    name: string,
    input: Readonly<Record<string, unknown>>,
    principal: Principal,
    { received, ...acting }: ActingService,
  ): Promise<any> {
    const head: RequestHead = { method: 'POST', target: '/', headers: [], arrival: { kind: 'service', ...acting } };
    const exchange = this.#begin(head);
    const model = serviceModel(service);
    Object.assign(exchange, { service, model, operation: name, principal });
    try {
      const shape = model.shapes.operation(name);
      const operation = this.#options.registries[service][name];
      assert(shape !== undefined && operation !== undefined, `${service} ${name} is an operation that Cloister has`);
      this.#options.validate(model, shape, input);
      const call = {
        model,
        name,
        operation,
        input,
        context: this.#runner.context(exchange.requestId, principal, head.arrival, { service, operation: name }),
      };
      exchange.resources = this.#runner.authorise(call);
      const output: unknown = await this.#runner.run(call, received);
      this.#audit(exchange, 200, undefined);
      return output;
    } catch (error) {
      const known = this.#known(exchange, error);
      this.#audit(exchange, known.status, known.code);
      throw known;
    }
  }

  /** For rows that are Cloister's own and that no request makes: as an operation of `principal` would have it. */
  ownContext(principal: Principal, acting: ActingService): OperationContext {
    return this.#runner.context(this.#options.random.uuid(), principal, { kind: 'service', ...acting }, { service: 'ec2', operation: 'of Cloister' });
  }

  #begin(head: RequestHead): Exchange {
    const { random, clock } = this.#options;
    return beginExchange(head, { requestId: random.uuid(), startedAt: clock.now(), startedMs: clock.monotonicMs() });
  }

  async #plan(exchange: Exchange, body: Uint8Array | undefined): Promise<Plan> {
    const { head } = exchange;
    assert(head.arrival.kind !== 'service', 'requests of Cloister itself come in by `call`');
    if (isOperators(exchange)) {
      if (exchange.path.startsWith(repositoriesPath)) return await this.#planS3(exchange, body, 'planRepository');
      exchange.service = 'cloister';
      checkHeaders(exchange);
      return this.#withBody(exchange, body, (bytes) => this.#operator(exchange, bytes));
    }
    const service = serviceOf(exchange);
    if (typeof service === 'object') {
      exchange.model = modelForUnknown(exchange);
      throw new AwsError('NotImplemented', `Cloister does not provide the service ${service.unknown}.`, { status: 501 });
    }
    const model = serviceModel(service);
    exchange.service = service;
    exchange.model = model;
    if (service === 's3') return await this.#planS3(exchange, body, 'plan');
    checkHeaders(exchange);
    return this.#withBody(exchange, body, (bytes) => this.#rpc(exchange, model, bytes));
  }

  async #planS3(exchange: Exchange, body: Uint8Array | undefined, how: 'plan' | 'planRepository'): Promise<Plan> {
    const model = serviceModel('s3');
    const { random } = this.#options;
    Object.assign(exchange, { service: 's3', model, requestId: random.base32(16), hostId: random.secret(56) });
    checkHeaders(exchange);
    const step = await this.#s3[how](exchange, model, body);
    if (step.kind === 'reply') return { kind: 'reply', reply: this.#accept(exchange, step.reply) };
    const ticket = this.#issue(exchange, step.kind, step.resume);
    const { resume: _resume, ...plan } = step;
    return { ...plan, ticket };
  }

  /** Runs `then` with the body, at once when it is here. */
  async #withBody(exchange: Exchange, body: Uint8Array | undefined, then: (body: Uint8Array) => Promise<Reply>): Promise<Plan> {
    const length = Number(exchange.headers.get('content-length') ?? 0);
    if (length > collectedBytesMax || (body?.length ?? 0) > collectedBytesMax) {
      throw new AwsError('RequestEntityTooLarge', `The body of the request is longer than ${collectedBytesMax} bytes.`, { status: 413 });
    }
    if (body !== undefined || !hasBody(exchange)) {
      return { kind: 'reply', reply: this.#accept(exchange, await then(body ?? new Uint8Array())) };
    }
    const resume: Continuation = async (result) => then(collectedBody(result));
    return { kind: 'collect', ticket: this.#issue(exchange, 'collect', resume), maxBytes: collectedBytesMax };
  }

  #issue(exchange: Exchange, kind: 'collect' | 'receive', then: Continuation): string {
    const id = this.#options.random.uuid();
    const resume: Continuation = async (result) => {
      try {
        return this.#accept(exchange, await then(result));
      } catch (error) {
        return this.#refuse(exchange, error);
      }
    };
    this.#tickets.issue(id, { kind, resume, abandoned: () => this.#audit(exchange, 0, 'Abandoned') });
    return id;
  }

  async #rpc(exchange: Exchange, model: ServiceModel, bytes: Uint8Array): Promise<Reply> {
    const { service } = model;
    const { name, body } = readRpcBody(exchange, model, bytes);
    const shape = model.shapes.operation(name);
    exchange.operation = shape?.name;
    const identity = authenticate(exchange, service, service, bytes, this.#options.clock.now(), this.#rules);
    const { principal } = identity;
    exchange.principal = principal;
    const isOpen = service === 'sts' && name.startsWith('AssumeRoleWith');
    if (principal.type === 'anonymous' && !isOpen) throw identityError(service, 'missing');
    checkAccount(service, principal, this.#options.accountId);
    checkTemporary(service, name, principal);
    checkVersion(model, name, body);
    if (shape === undefined) throw unknownOperation(model, name, body);
    const operation: Operation<any, any, any> | undefined = this.#options.registries[service][name];
    if (operation === undefined) throw notImplemented(model, name);
    const input = readRpc(model, shape, body);
    this.#options.validate(model, shape, input);
    const context = this.#runner.context(
      exchange.requestId,
      principal,
      exchange.head.arrival,
      { service, operation: name },
      requestMarks(exchange, identity),
    );
    const call = { model, name, operation, input, context };
    exchange.resources = this.#runner.authorise(call);
    return toReply(writeRpc(model, shape, await this.#runner.run(call), exchange.requestId));
  }

  async #operator(exchange: Exchange, bytes: Uint8Array): Promise<Reply> {
    const { head, path } = exchange;
    exchange.operation = path;
    const { principal } = authenticate(exchange, 'sagemaker', operatorSigningName, bytes, this.#options.clock.now(), this.#rules);
    const isOpen = openOperatorPaths.has(`${head.method} ${path}`) && principal.type === 'anonymous';
    if (principal.type === 'anonymous' && !isOpen) throw identityError('sagemaker', 'missing');
    const isOperator = principal.type === 'root' && principal.accountId === this.#options.accountId;
    if (!isOpen && !isOperator) {
      throw new AwsError(
        'AccessDeniedException',
        `${principalName(principal)} is not the root user of account ${this.#options.accountId}, and only it may ask for ${path}`,
        {
          status: 403,
        },
      );
    }
    const reply = await this.#options.operatorPaths?.(head, bytes, isOpen ? undefined : principal);
    if (reply === undefined) throw new AwsError('NotFound', `There is no ${path}.`, { status: 404 });
    return reply;
  }

  #accept(exchange: Exchange, reply: Reply): Reply {
    this.#audit(exchange, reply.status, undefined);
    return withCors(exchange, this.#options.store, reply);
  }

  #refuse(exchange: Exchange, error: unknown): Reply {
    const known = this.#known(exchange, error);
    const { requestId, hostId, head, path } = exchange;
    const model = exchange.model ?? serviceModel('sagemaker');
    const ids = { requestId, ...(hostId === undefined ? {} : { hostId }) };
    const reply = toReply(writeError(known, { model, ...ids, resource: path, method: head.method }));
    this.#audit(exchange, reply.status, known.code);
    return withCors(exchange, this.#options.store, reply);
  }

  /** What the caller may see of an error. Anything but a refusal is a fault of Cloister's, and is logged whole. */
  #known({ requestId, model, operation }: Exchange, error: unknown): AwsError {
    if (error instanceof AwsError) return error;
    this.#options.log('internal-error', { requestId, operation, error });
    if (error instanceof DeadlineExceeded) return new AwsError('ServiceUnavailable', 'The request took too long. Please try again.', { status: 503 });
    const code = model?.protocol === 'json' || model?.protocol === 'query' ? 'InternalFailure' : 'InternalError';
    return new AwsError(code, 'We encountered an internal error. Please try again.', { status: 500, cause: error });
  }

  #audit(exchange: Exchange, status: number, errorCode: string | undefined): void {
    const { requestId, service, operation, accessKeyId, principal, resources, head, startedAt, startedMs } = exchange;
    const durationMs = Math.round((this.#options.clock.monotonicMs() - startedMs) * 1000) / 1000;
    const time = startedAt.toISOString();
    const name = principal === undefined ? undefined : principalName(principal);
    this.#options.audit?.({
      time,
      requestId,
      service,
      operation,
      arrival: head.arrival,
      accessKeyId,
      principal: name,
      resources,
      status,
      errorCode,
      durationMs,
    });
  }
}

/** For the operator, and not for S3, whose buckets may be called so: an open path is that of a request that nobody signed. */
function isOperators({ head, headers, host, path, query }: Exchange): boolean {
  // Under a bucket's own name the same path is one of its keys.
  if (head.arrival.kind !== 'host' || host.bucket !== undefined || host.service !== undefined) return false;
  if (path.startsWith(operatorPrefix)) return true;
  return openOperatorPaths.has(`${head.method} ${path}`) && query === '' && !headers.has('authorization');
}

/** Networks, jobs and logs are of one account: the others exist so that access between accounts is real. */
function checkAccount(service: ServiceName, principal: Principal, ownAccountId: string): void {
  if (service === 'iam' || service === 'sts' || !('accountId' in principal) || principal.accountId === ownAccountId) return;
  const reason = `Account ${principal.accountId} has IAM, STS and S3 here. Networks, jobs and logs are of account ${ownAccountId}: assume a role there.`;
  throw service === 'ec2'
    ? new AwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${reason}`, { status: 403 })
    : new AwsError('AccessDeniedException', reason, { status: 400 });
}

const forTemporaryCredentials: ReadonlySet<string> = new Set(['AssumeRole', 'GetCallerIdentity']);

/**
 * Temporary credentials of a user or of root that no device vouched for: not for IAM, and for two calls of STS only.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html
 */
function checkTemporary(service: ServiceName, name: string, principal: Principal): void {
  if ((principal.type !== 'user' && principal.type !== 'root') || principal.issuedAt === undefined) return;
  if (service === 'iam') throw identityError(service, 'unknown-key');
  if (service === 'sts' && !forTemporaryCredentials.has(name)) {
    throw new AwsError('AccessDenied', `Cannot call ${name} with session credentials`, { status: 403 });
  }
}

function checkHeaders({ head, headers }: Exchange): void {
  const repeated = repeatedHeader(head.headers);
  if (repeated !== undefined) throw new AwsError('InvalidRequest', `The header ${repeated} is given more than once.`);
  if (!headers.has('host')) throw new AwsError('InvalidRequest', 'The request has no Host header.');
}

function toReply({ status, headers, body }: EncodedReply): Reply {
  const bytes = Buffer.from(body);
  if (status === 304 || (bytes.length === 0 && status === 204)) return { status, headers };
  return { status, headers: { ...headers, 'content-length': String(bytes.length) }, body: bytes };
}
