import { AwsError } from '../aws/aws-error.ts';
import type { Reply } from '../aws/message.ts';
import { corsHeaders, type CorsRule } from '../model/cors.ts';
import { s3Errors } from '../services/s3/errors.ts';
import type { Store } from '../store/store.ts';
import type { Exchange } from './exchange.ts';
import { bucketAndKey } from './route.ts';

const requestMethod = 'access-control-request-method';

/** What a browser asks before a page's request: unsigned, and no policy is asked. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html */
export function preflight(exchange: Exchange, store: Store): Reply {
  const { headers, requestId, hostId } = exchange;
  const origin = headers.get('origin');
  const method = headers.get(requestMethod);
  if (origin === undefined) throw s3Errors.badRequest('Insufficient information. Origin request header needed.');
  if (method === undefined) throw s3Errors.badRequest('Invalid Access-Control-Request-Method: null');
  const { bucket } = bucketAndKey(exchange);
  const rules = store.s3.buckets.find(bucket)?.cors;
  if (rules === undefined) throw s3Errors.corsDisabled({ Method: method, ResourceType: 'BUCKET' });
  const asked = (headers.get('access-control-request-headers') ?? '').split(',').map((name) => name.trim());
  const answer = corsHeaders(rules, { origin, method, headers: asked.filter((name) => name !== '') });
  if (answer === undefined) throw s3Errors.corsForbidden({ Method: method, ResourceType: 'BUCKET' });
  return { status: 200, headers: { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId ?? '', ...answer, 'content-length': '0' } };
}

/** A reply of S3 to a page of another origin: its browser shows it when the bucket says so. */
export function withCors(exchange: Exchange, store: Store, reply: Reply): Reply {
  const { head, headers, service } = exchange;
  const origin = headers.get('origin');
  if (service !== 's3' || origin === undefined || head.method === 'OPTIONS') return reply;
  const rules = rulesFor(exchange, store);
  const answer = rules === undefined ? undefined : corsHeaders(rules, { origin, method: head.method, headers: [] });
  return answer === undefined ? reply : { ...reply, headers: { ...reply.headers, ...answer } };
}

function rulesFor(exchange: Exchange, store: Store): readonly CorsRule[] | undefined {
  try {
    return store.s3.buckets.find(bucketAndKey(exchange).bucket)?.cors;
  } catch (error) {
    // A path that nobody can read is what is being refused.
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
