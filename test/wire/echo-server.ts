import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { AwsError } from '../../src/aws/aws-error.ts';
import { readHeaders } from '../../src/aws/headers.ts';
import { parseForm } from '../../src/aws/query.ts';
import { RestRouter } from '../../src/aws/rest-router.ts';
import { readRest, writeRest } from '../../src/aws/rest.ts';
import { readRpc, type RpcBody, writeError, writeRpc } from '../../src/aws/rpc.ts';
import type { ServiceModel } from '../../src/aws/service-model.ts';

/** A server of one service made of nothing but the codec: it remembers what it read and answers what it is told to. */
export class EchoServer {
  readonly #model: ServiceModel;
  readonly #router: RestRouter;
  readonly #server: Server;
  operation: string | undefined;
  received: unknown;
  answer: Record<string, unknown> = {};

  constructor(model: ServiceModel) {
    this.#model = model;
    this.#router = new RestRouter(model.shapes);
    this.#server = createServer((request, response) => void this.#serve(request, response));
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

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.from(await text(request), 'utf8');
    try {
      const { status, headers, body: reply } = this.#model.protocol === 'rest-xml' ? this.#rest(request, body) : this.#rpc(request, body);
      response.writeHead(status, headers);
      if (reply instanceof Readable) reply.pipe(response);
      else response.end(reply);
    } catch (error) {
      const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String((error as Error).stack), { status: 500 });
      const { status, headers, body: reply } = writeError(known, { model: this.#model, requestId: 'test' });
      response.writeHead(status, headers).end(reply);
    }
  }

  #rpc(request: IncomingMessage, body: Uint8Array): { status: number; headers: Readonly<Record<string, string>>; body?: any } {
    const target = String(request.headers['x-amz-target'] ?? '');
    const rpcBody: RpcBody = this.#model.protocol === 'json' ? { json: body } : { form: parseForm(Buffer.from(body).toString()) };
    const name = 'json' in rpcBody ? target.slice(target.indexOf('.') + 1) : rpcBody.form.fields.get('Action')?.value;
    const operation = this.#model.shapes.operation(name ?? '');
    if (operation === undefined) throw new AwsError('UnknownOperationException', `${name}`);
    this.operation = operation.name;
    this.received = readRpc(this.#model, operation, rpcBody);
    return writeRpc(this.#model, operation, this.answer, 'test');
  }

  #rest(request: IncomingMessage, body: Uint8Array): { status: number; headers: Readonly<Record<string, string>>; body?: any } {
    const url = request.url ?? '';
    const mark = url.indexOf('?');
    const path = decodeURIComponent((mark < 0 ? url : url.slice(0, mark)).slice(1));
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
    const headers = readHeaders(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const slash = path.indexOf('/');
    const [bucket, key] = slash < 0 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)];
    const operation = this.#router.match(request.method ?? '', bucket, key, query, headers);
    if (operation === undefined) throw new AwsError('MethodNotAllowed', `${request.method} ${url}`, { status: 405 });
    this.operation = operation.name;
    this.received = readRest(operation, { bucket, key, query, headers, body });
    return writeRest(operation, this.answer, this.#model.xmlNamespace);
  }
}
