import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(secret as Uint8Array));
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('a hash is used once');
  }
}

export interface Unsigned {
  readonly method: string;
  /** Encoded. */
  readonly path: string;
  /** Decoded. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The headers of a request that the SDK's own signer signed: the oracle for ours. */
export async function sdkSign(
  service: string,
  region: string,
  credentials: Key,
  request: Unsigned,
  signingDate?: Date,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256, uriEscapePath: service !== 's3' });
  const unsigned = { protocol: 'http:', hostname: 'localhost', ...request, query: { ...request.query }, headers: { ...request.headers } };
  const { headers } = await signer.sign(unsigned, signingDate === undefined ? {} : { signingDate });
  return headers;
}

/** The query of a GET that anybody may send for a while, as the SDK's signer makes it. */
export async function sdkPresign(region: string, credentials: Key, host: string, path: string): Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false });
  const unsigned = {
    method: 'GET',
    protocol: 'http:',
    hostname: host,
    path,
    query: {},
    headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
  };
  const { query } = await signer.presign(unsigned, { expiresIn: 60 });
  return query as Readonly<Record<string, string>>;
}
