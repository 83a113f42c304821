import { signRequest, type SigningCredentials } from '../aws/sign.ts';
import { parseXml, type XmlElement } from '../aws/xml-reader.ts';
import { repositoriesPath } from '../model/package-repositories.ts';
import { systemClock } from '../stdx/clock.ts';

/** A refusal of the API, as its caller sees it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** An XML answer, read by element names. */
export class Answer {
  readonly name: string;
  readonly #element: XmlElement;

  constructor(element: XmlElement) {
    this.name = element.name;
    this.#element = element;
  }

  /** The text at a path of child names; throws when it is not there. */
  text(...path: readonly string[]): string {
    let element: XmlElement | undefined = this.#element;
    for (const name of path) element = element?.children.find((child) => child.name === name);
    if (element === undefined) throw new Error(`the answer ${this.name} has no ${path.join('.')}`);
    return element.text;
  }

  /** The children of a name. */
  all(name: string): Answer[] {
    return this.#element.children.filter((child) => child.name === name).map((child) => new Answer(child));
  }

  /** The first element below, depth first, that the test accepts. */
  find(test: (element: Answer) => boolean): Answer | undefined {
    for (const child of this.#element.children) {
      const answer = new Answer(child);
      if (accepts(answer, test)) return answer;
      const below = answer.find(test);
      if (below !== undefined) return below;
    }
    return undefined;
  }
}

function accepts(answer: Answer, test: (element: Answer) => boolean): boolean {
  try {
    return test(answer);
  } catch {
    return false; // An element that lacks what the test reads.
  }
}

const targets = { sagemaker: 'SageMaker', logs: 'Logs_20140328' } as const;
const versions = { ec2: '2016-11-15', iam: '2010-05-08', sts: '2011-06-15' } as const;
const requestDeadlineMs = 30_000;
/** Of the largest object that S3 takes in one request, on a slow disk. */
const transferDeadlineMs = 30 * 60_000;

interface ApiRequest {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array;
  readonly deadlineMs?: number;
}

/** The command line's own client: the same signed requests as any SDK's, to the daemon's port. */
export class Api {
  readonly #endpoint: string;
  readonly #region: string;
  readonly #credentials: SigningCredentials;

  constructor({ endpoint, region, ...credentials }: SigningCredentials & { readonly endpoint: string; readonly region: string }) {
    this.#endpoint = endpoint;
    this.#region = region;
    this.#credentials = credentials;
  }

  async json(service: keyof typeof targets, operation: string, input: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${targets[service]}.${operation}` };
    const response = await this.#send({ service, method: 'POST', path: '/', headers, body: Buffer.from(JSON.stringify(input)) });
    const text = await response.text();
    const value = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    if (!response.ok) throw new ApiError(String(value['__type']), String(value['message'] ?? value['Message']));
    return value;
  }

  async query(service: keyof typeof versions, action: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
    const form = new URLSearchParams({ Action: action, Version: versions[service], ...parameters });
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const response = await this.#send({ service, method: 'POST', path: '/', headers, body: Buffer.from(form.toString()) });
    const answer = new Answer(parseXml(await response.bytes()));
    if (!response.ok) throw xmlError(answer);
    return answer;
  }

  /** `path` is /BUCKET or /BUCKET/KEY. */
  async s3(method: 'GET' | 'HEAD' | 'PUT' | 'DELETE', path: string, body?: Uint8Array): Promise<Response> {
    return await s3Answer(method, path, await this.#send({ service: 's3', method, path, ...(body && { body }) }));
  }

  /** S3's requests for an object of a package repository, or for a listing of them, in the operator's name. `path` is encoded. */
  async repository(method: 'GET' | 'HEAD' | 'DELETE', path: string, headers: Record<string, string> = {}): Promise<Response> {
    const target = `${repositoriesPath}${path}`;
    return await s3Answer(method, target, await this.#send({ service: 's3', method, path: target, headers }));
  }

  /** As `putObject`, of a package repository. */
  async putRepositoryObject(path: string, file: Blob, sha256: Buffer): Promise<void> {
    await this.putObject(`${repositoriesPath}${path}`, file, sha256);
  }

  /** Streams a file of which the hash is known. `path` is encoded. */
  async putObject(path: string, file: Blob, sha256: Buffer): Promise<void> {
    const headers = { 'x-amz-content-sha256': sha256.toString('hex'), 'x-amz-checksum-sha256': sha256.toString('base64') };
    const signed = this.#signed({ service: 's3', method: 'PUT', path, headers });
    const signal = AbortSignal.timeout(transferDeadlineMs);
    await s3Answer('PUT', path, await fetch(signed.url, { method: 'PUT', headers: signed.headers, body: file, signal }));
  }

  /** An object of any size, as it comes. `path` is encoded. */
  async getObject(path: string): Promise<Response> {
    return await s3Answer('GET', path, await this.#send({ service: 's3', method: 'GET', path, deadlineMs: transferDeadlineMs }));
  }

  /** The operator's own paths: JSON, signed with the root key. */
  async operator(path: string, method: 'GET' | 'POST' | 'DELETE' = 'GET', deadlineMs = requestDeadlineMs): Promise<unknown> {
    const response = await this.#send({ service: 'cloister', method, path, deadlineMs });
    if (!response.ok) throw new Error(wordsOf(await response.text()));
    return await response.json();
  }

  async #send(request: ApiRequest): Promise<Response> {
    const { method, body = new Uint8Array(), deadlineMs = requestDeadlineMs } = request;
    const { url, headers } = this.#signed(request);
    const hasBody = method !== 'GET' && method !== 'HEAD';
    return await fetch(url, { method, headers, signal: AbortSignal.timeout(deadlineMs), ...(hasBody ? { body: new Uint8Array(body) } : {}) });
  }

  #signed({ service, method, path, headers = {}, body = new Uint8Array() }: ApiRequest): { url: URL; headers: Record<string, string> } {
    const url = new URL(path, this.#endpoint);
    const scope = { service, region: this.#region, now: systemClock.now() };
    return { url, headers: signRequest({ method, url, headers, body }, this.#credentials, scope) };
  }
}

async function s3Answer(method: string, path: string, response: Response): Promise<Response> {
  if (response.ok) return response;
  if (method === 'HEAD') throw new ApiError(String(response.status), `HEAD ${path}`);
  throw xmlError(new Answer(parseXml(await response.bytes())));
}

/** What the daemon answered to its operator; its text as it is when it is no JSON. */
function wordsOf(text: string): string {
  try {
    return (JSON.parse(text) as { readonly message?: string }).message ?? text;
  } catch {
    return text;
  }
}

function xmlError(answer: Answer): ApiError {
  const error = answer.name === 'Error' ? answer : answer.find((element) => element.name === 'Error');
  return error === undefined ? new ApiError('Unknown', answer.name) : new ApiError(error.text('Code'), error.text('Message'));
}
