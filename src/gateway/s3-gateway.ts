import { assert } from '../stdx/assert.ts';
import { AwsError } from '../aws/aws-error.ts';
import { withHoistedHeaders } from '../aws/headers.ts';
import type { Plan, Reply } from '../aws/message.ts';
import { RestRouter } from '../aws/rest-router.ts';
import { readRest, readsBody, type RestReply, type RestRequest, writeRest } from '../aws/rest.ts';
import { serviceModel, type ServiceModel } from '../aws/service-model.ts';
import type { Arrival } from '../model/arrival.ts';
import type { OperationShape } from '../aws/shape.ts';
import { s3Errors } from '../services/s3/errors.ts';
import { repositoryPrincipal } from '../services/s3/repository-buckets.ts';
import { BlobSlices, type ReceivedBlob } from '../store/blobs/blob.ts';
import { authenticate, type Identity, type IdentityRules } from './authenticate.ts';
import { collectedBody, type Continuation, receivedBlob } from './body-result.ts';
import { checkBody, missingLength, planBody } from './body-plan.ts';
import { preflight } from './cross-origin.ts';
import { type Exchange, hasBody } from './exchange.ts';
import { collectedBytesMax, type GatewayOptions, md5BytesMax, objectBytesMax } from './gateway-options.ts';
import { requestMarks } from './request-marks.ts';
import { bucketAndKey, notImplemented, repositoryObject } from './route.ts';
import type { Call, OperationRunner } from './run-operation.ts';

type Waiting<P> = P extends { readonly ticket: string } ? Omit<P, 'ticket'> & { readonly resume: Continuation } : P;
/** A plan whose ticket has not been issued yet. */
export type S3Step = Waiting<Plan>;

/** A request to S3 whose operation is known. */
interface S3Call {
  readonly exchange: Exchange;
  readonly model: ServiceModel;
  readonly shape: OperationShape;
  readonly request: RestRequest;
  readonly identity: Identity;
  readonly arrival: Arrival;
}

/** What a request is about, and by whom: both depend on where it came in. */
interface Asked {
  readonly bucket: string;
  readonly key: string;
  readonly arrival: Arrival;
  readonly identify: () => Identity;
}

/** S3's part of the gateway: requests that are found by path and header, and whose bodies may be objects. */
export class S3Gateway {
  readonly #options: GatewayOptions;
  readonly #runner: OperationRunner;
  readonly #rules: IdentityRules;
  #router: RestRouter | undefined;

  constructor(options: GatewayOptions, runner: OperationRunner, rules: IdentityRules) {
    this.#options = options;
    this.#runner = runner;
    this.#rules = rules;
  }

  async plan(exchange: Exchange, model: ServiceModel, body: Uint8Array | undefined): Promise<S3Step> {
    const identify = (): Identity => this.#identify(exchange);
    return await this.#plan(exchange, model, body, { ...bucketAndKey(exchange), arrival: exchange.head.arrival, identify });
  }

  /** The operator, on his own path, fills a package repository: the same chain, judged as its owner by the bucket's policy. */
  async planRepository(exchange: Exchange, model: ServiceModel, body: Uint8Array | undefined): Promise<S3Step> {
    const identify = (): Identity => {
      const identity = this.#identify(exchange);
      if (identity.principal.type !== 'root') throw s3Errors.accessDenied('Only the root user may use the paths of the operator.');
      return { ...identity, principal: repositoryPrincipal };
    };
    const arrival: Arrival = { kind: 'service', servicePrincipal: repositoryPrincipal.service };
    return await this.#plan(exchange, model, body, { ...repositoryObject(exchange.path, this.#options.region), arrival, identify });
  }

  #identify(exchange: Exchange): Identity {
    return authenticate(exchange, 's3', 's3', undefined, this.#options.clock.now(), this.#rules);
  }

  async #plan(exchange: Exchange, model: ServiceModel, body: Uint8Array | undefined, asked: Asked): Promise<S3Step> {
    const { head } = exchange;
    const { bucket, key, arrival } = asked;
    if (head.method === 'OPTIONS') return { kind: 'reply', reply: preflight(exchange, this.#options.store) };
    this.#router ??= new RestRouter(serviceModel('s3').shapes);
    const query = new URLSearchParams(exchange.query);
    const headers = withHoistedHeaders(exchange.headers, query);
    const shape = this.#router.match(head.method, bucket, key, query, headers);
    exchange.operation = shape?.name;
    const identity = asked.identify();
    exchange.principal = identity.principal;
    if (shape === undefined) throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', { status: 405 });
    const operation = this.#options.registries.s3[shape.name];
    if (operation === undefined) throw notImplemented(model, shape.name);
    const call: S3Call = { exchange, model, shape, request: { bucket, key, query, headers }, identity, arrival };
    if (operation.receivesBody === true) return this.#receive(call);
    if (readsBody(shape) && (body !== undefined || hasBody(exchange))) return this.#collect(call, body);
    return { kind: 'reply', reply: await this.#answer(call, call.request) };
  }

  /** The body is a document: it is read whole, checked, and is part of the input. */
  async #collect(call: S3Call, body: Uint8Array | undefined): Promise<S3Step> {
    const plan = planBody(call.request.headers, call.identity, call.shape.traits.httpChecksum !== undefined);
    if ((plan.size ?? 0) > collectedBytesMax) throw new AwsError('MaxMessageLengthExceeded', 'Your request was too big.');
    const answer = async (bytes: Uint8Array): Promise<Reply> => {
      checkBody(plan, bytes);
      return this.#answer(call, { ...call.request, body: bytes });
    };
    if (body !== undefined) {
      if (plan.decode !== undefined) throw new AwsError('InvalidRequest', 'A chunked body cannot be part of its head.');
      return { kind: 'reply', reply: await answer(body) };
    }
    const decode = plan.decode === undefined ? {} : { decode: plan.decode };
    return { kind: 'collect', maxBytes: collectedBytesMax, ...decode, resume: async (result) => answer(collectedBody(result)) };
  }

  /** The body is an object: a data worker receives it into a blob, and its row is written when it is all there. */
  #receive(call: S3Call): S3Step {
    const plan = planBody(call.request.headers, call.identity, true);
    if (plan.size === undefined) throw missingLength();
    const { size } = plan;
    if (size > objectBytesMax) {
      const detail = { ProposedSize: String(size), MaxSizeAllowed: String(objectBytesMax) };
      throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', { detail });
    }
    const input = withoutChunkedEncoding(readRest(call.shape, call.request));
    this.#options.validate(call.model, call.shape, input);
    // Judged now, so that nobody uploads in vain or fills the disk; and again at the end, with the policies of then.
    call.exchange.resources = this.#runner.authorise(this.#callOf(call, input));
    const resume: Continuation = async (result) => this.#commitReceived(call, input, receivedBlob(result));
    const { decode, expectedSha256, expectedChecksums } = plan;
    return {
      kind: 'receive',
      blobId: this.#options.random.uuid(),
      maxBytes: size,
      ...(decode === undefined ? {} : { decode }),
      expectedChecksums,
      ...(expectedSha256 === undefined ? {} : { expectedSha256 }),
      computeMd5: size <= md5BytesMax,
      resume,
    };
  }

  async #commitReceived(s3Call: S3Call, input: Readonly<Record<string, unknown>>, received: ReceivedBlob): Promise<Reply> {
    const call = this.#callOf(s3Call, input);
    let output: unknown;
    try {
      this.#runner.authorise(call);
      output = await this.#runner.run(call, received);
    } catch (error) {
      // Nothing was committed, so no row points to the bytes.
      this.#options.discardBlob(received.blobId);
      throw error;
    }
    return this.#reply(s3Call, output);
  }

  async #answer(s3Call: S3Call, request: RestRequest): Promise<Reply> {
    const input = readRest(s3Call.shape, request);
    this.#options.validate(s3Call.model, s3Call.shape, input);
    const call = this.#callOf(s3Call, input);
    s3Call.exchange.resources = this.#runner.authorise(call);
    return this.#reply(s3Call, await this.#runner.run(call));
  }

  #callOf({ exchange, model, shape, identity, arrival }: S3Call, input: Readonly<Record<string, unknown>>): Call {
    const operation = this.#options.registries.s3[shape.name];
    assert(operation, 'the operation was found when the request was planned');
    return {
      model,
      name: shape.name,
      operation,
      input,
      context: this.#runner.context(
        exchange.requestId,
        identity.principal,
        arrival,
        { service: 's3', operation: shape.name },
        requestMarks(exchange, identity),
      ),
    };
  }

  #reply({ exchange, model, shape }: S3Call, output: unknown): Reply {
    return encodeRest(writeRest(shape, output, model.xmlNamespace), exchange);
  }
}

/** `aws-chunked` is of the transfer, not of the object. */
function withoutChunkedEncoding(input: Record<string, unknown>): Record<string, unknown> {
  const { ContentEncoding: encoding, ...others } = input;
  if (typeof encoding !== 'string') return input;
  const kept = encoding.split(',').filter((word) => word.trim().toLowerCase() !== 'aws-chunked');
  return kept.length === 0 ? others : { ...others, ContentEncoding: kept.join(',').trim() };
}

function encodeRest({ status, headers, body }: RestReply, { requestId, hostId, head }: Exchange): Reply {
  const own = { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId ?? '', ...headers };
  // What HeadObject's output says about the length stands: a HEAD has the headers of the GET and no body.
  if (head.method === 'HEAD') return { status, headers: 'content-length' in own || status === 204 ? own : { ...own, 'content-length': '0' } };
  if (body instanceof BlobSlices) {
    const slices = body.slices.map(({ path, start, end }) => ({ path, start, end }));
    return { status, headers: { ...own, 'content-length': String(body.size) }, body: slices };
  }
  if (body === undefined) return { status, headers: status === 204 ? own : { ...own, 'content-length': '0' } };
  const bytes = body instanceof Uint8Array ? body : Buffer.from(body as string);
  return { status, headers: { ...own, 'content-length': String(bytes.length) }, body: bytes };
}
