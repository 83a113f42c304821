import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

const etags = new WeakMap<Buffer, string>();

function etagOf(object: Buffer): string {
  const known = etags.get(object) ?? `"${createHash('md5').update(object).digest('hex')}"`;
  etags.set(object, known);
  return known;
}

/** What the agent needs of S3, over a map. Keys are `bucket/key`. It judges nothing. */
export class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  readonly requests: string[] = [];
  readonly uploads = new Map<string, Map<number, Buffer>>();
  pageSize = 1_000;
  /** Answers instead of the usual, when it returns something: status, and S3's code. */
  refuse: (request: string) => readonly [number, string] | undefined = () => undefined;
  /** Breaks off the body of this many answers in the middle. */
  breakBodies = 0;

  readonly handle: RequestListener = (request, response) => {
    void this.#answer(request, response);
  };

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? '/', 'http://s3');
    const host = request.headers.host ?? '';
    const virtual = /^(.+)\.s3\./.exec(host)?.[1];
    const path = decodeURIComponent(url.pathname.slice(1));
    const [bucket = '', ...rest] = virtual === undefined ? path.split('/') : [virtual, path];
    const key = `${bucket}/${rest.join('/')}`;
    const line = `${request.method} ${key}${url.search}`;
    this.requests.push(line);
    const refused = this.refuse(line);
    if (refused !== undefined) return this.#xml(response, refused[0], `<Error><Code>${refused[1]}</Code><Message>refused</Message></Error>`);
    if (request.method === 'GET' && url.searchParams.get('list-type') === '2') return this.#list(response, bucket, url.searchParams);
    if (request.method === 'GET') return this.#get(request, response, key);
    if (request.method === 'POST' || url.searchParams.has('uploadId')) return this.#multipart(response, request, key, url.searchParams, body);
    if (request.method === 'DELETE') {
      this.objects.delete(key);
      return void response.writeHead(204).end();
    }
    this.objects.set(key, body);
    response.setHeader('etag', '"x"').end();
  }

  #xml(response: ServerResponse, status: number, xml: string): void {
    response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${xml}`);
  }

  #list(response: ServerResponse, bucket: string, query: URLSearchParams): void {
    const prefix = `${bucket}/${query.get('prefix') ?? ''}`;
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, this.pageSize);
    const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const keyText = (key: string): string => (query.get('encoding-type') === 'url' ? encodeURIComponent(key) : escape(key));
    const contents = page
      .map((key) => {
        const object = this.objects.get(key) ?? Buffer.alloc(0);
        return `<Contents><Key>${keyText(key.slice(bucket.length + 1))}</Key><Size>${object.length}</Size><ETag>${etagOf(object)}</ETag></Contents>`;
      })
      .join('');
    const next =
      keys.length > page.length ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${escape(page.at(-1) ?? '')}</NextContinuationToken>` : '';
    this.#xml(response, 200, `<ListBucketResult>${contents}${next}</ListBucketResult>`);
  }

  #get(request: IncomingMessage, response: ServerResponse, key: string): void {
    const object = this.objects.get(key);
    if (object === undefined) return this.#xml(response, 404, '<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>');
    const etag = etagOf(object);
    if (![undefined, etag].includes(request.headers['if-match'])) {
      return this.#xml(response, 412, '<Error><Code>PreconditionFailed</Code><Message>it changed</Message></Error>');
    }
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const body = range === null ? object : object.subarray(Number(range[1]), Number(range[2]) + 1);
    response.writeHead(range === null ? 200 : 206, { 'content-length': body.length, etag });
    if (this.breakBodies === 0) return void response.end(body);
    this.breakBodies--;
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
  }

  #multipart(response: ServerResponse, request: IncomingMessage, key: string, query: URLSearchParams, body: Buffer): void {
    const uploadId = query.get('uploadId');
    if (uploadId === null) {
      this.uploads.set('upload-1', new Map());
      return this.#xml(response, 200, '<InitiateMultipartUploadResult><UploadId>upload-1</UploadId></InitiateMultipartUploadResult>');
    }
    const parts = this.uploads.get(uploadId);
    if (request.method === 'PUT') {
      parts?.set(Number(query.get('partNumber')), body);
      return void response.setHeader('etag', `"${createHash('md5').update(body).digest('hex')}"`).end();
    }
    this.uploads.delete(uploadId);
    if (request.method === 'DELETE') return void response.writeHead(204).end();
    const ordered = [...(parts ?? [])].sort(([a], [b]) => a - b).map(([, part]) => part);
    this.objects.set(key, Buffer.concat(ordered));
    return this.#xml(response, 200, '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>');
  }
}
