import { createHmac } from 'node:crypto';
import { equalBytes } from './hmac.ts';
import { splitTarget, uriDecode } from './sigv4-canonical.ts';
import { SignatureError, type SignedRequest, type StatedSignature } from './sigv4.ts';

/** Query parameters that are part of what is signed. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html */
const subresources = new Set(
  `accelerate acl analytics cors delete encryption inventory lifecycle location logging metrics notification object-lock partNumber policy
   publicAccessBlock requestPayment response-cache-control response-content-disposition response-content-encoding response-content-language
   response-content-type response-expires restore retention legal-hold select select-type tagging torrent uploadId uploads versionId versioning
   versions website`.split(/\s+/),
);

/**
 * Verifies a presigned S3 URL of version 2, the only form of it that clients still send (boto3, AWS CLI 1).
 * @param resource the path that is signed: `/bucket/key`, raw, also when the bucket came in the Host header
 */
export function verifyPresignedV2(request: SignedRequest, stated: StatedSignature, secret: string, resource: string, now: Date): void {
  const expires = stated.expires ?? Number.NaN;
  if (!Number.isSafeInteger(expires)) throw new SignatureError('malformed', 'Invalid Expires parameter');
  if (expires * 1000 <= now.getTime()) throw new SignatureError('expired', 'Request has expired');
  const { headers, method } = request;
  const text = [
    method,
    headers.get('content-md5') ?? '',
    headers.get('content-type') ?? '',
    String(expires),
    `${amzHeaders(request)}${resource}${subresourceQuery(request.target)}`,
  ].join('\n');
  const computed = createHmac('sha1', secret).update(text, 'latin1').digest();
  if (!equalBytes(computed, Buffer.from(stated.signature, 'base64'))) {
    throw new SignatureError('mismatch', 'The request signature we calculated does not match the signature you provided.');
  }
}

/** The `x-amz-` headers, and those that the URL carries in their stead. */
function amzHeaders({ headers, target }: SignedRequest): string {
  const hoisted = [...new URLSearchParams(splitTarget(target)[1])].filter(([name]) => !headers.has(name.toLowerCase()));
  return [...headers, ...hoisted]
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .filter(([name]) => name.startsWith('x-amz-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}\n`)
    .join('');
}

function subresourceQuery(target: string): string {
  const pairs = splitTarget(target)[1]
    .split('&')
    .map((pair) => pair.split(/=(.*)/s) as [string, string?])
    .filter(([name]) => subresources.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === undefined || value === '' ? name : `${name}=${uriDecode(value)}`));
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
