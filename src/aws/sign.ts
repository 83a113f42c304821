import { hmacSha256, sha256Hex } from './hmac.ts';
import { basicDate, canonicalPath, canonicalQuery, canonicalS3Path } from './sigv4-canonical.ts';
import { deriveSigningKey } from './sigv4.ts';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface RequestToSign {
  readonly method: string;
  /** With scheme, host and port. */
  readonly url: URL;
  /** A body that is not in memory has its hash here, as `x-amz-content-sha256`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * The headers that sign a request of Cloister's own command line, Signature Version 4.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export function signRequest(
  request: RequestToSign,
  credentials: SigningCredentials,
  scope: { readonly service: string; readonly region: string; readonly now: Date },
): Record<string, string> {
  const time = basicDate(scope.now);
  const day = time.slice(0, 8);
  const headers: Record<string, string> = {
    'x-amz-content-sha256': sha256Hex(request.body),
    ...request.headers,
    host: request.url.host,
    'x-amz-date': time,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  };
  const names = Object.keys(headers).toSorted();
  const canonical = [
    request.method,
    scope.service === 's3' ? canonicalS3Path(request.url.pathname) : canonicalPath(request.url.pathname),
    canonicalQuery(request.url.search.slice(1)),
    ...names.map((name) => `${name}:${headers[name]?.trim() ?? ''}`),
    '',
    names.join(';'),
    headers['x-amz-content-sha256'],
  ].join('\n');
  const credentialScope = `${day}/${scope.region}/${scope.service}/aws4_request`;
  const key = deriveSigningKey(credentials.secretAccessKey, day, scope.region, scope.service);
  const signature = hmacSha256(key, `AWS4-HMAC-SHA256\n${time}\n${credentialScope}\n${sha256Hex(canonical)}`).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${credentialScope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...headers, authorization };
}
