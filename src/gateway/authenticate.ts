import type { Access } from '../access/access.ts';
import { AwsError } from '../aws/aws-error.ts';
import { sha256Hex } from '../aws/hmac.ts';
import { verifyPresignedV2 } from '../aws/sigv2.ts';
import { identityError, fromSignatureError } from '../aws/signature-errors.ts';
import { findSignature, type SigV4Verifier, type SignedRequest, SignatureError, type StatedSignature, type VerifiedSignature } from '../aws/sigv4.ts';
import type { ServiceName } from '../model/arrival.ts';
import type { Principal } from '../model/policy/principal.ts';
import type { Exchange } from './exchange.ts';
import { bucketAndKey } from './route.ts';

/** Who asks, and the signature that proves it (none for the anonymous, or when it has no derived key). */
export interface Identity {
  readonly principal: Principal;
  readonly stated?: StatedSignature;
  readonly verified?: VerifiedSignature;
}

export interface IdentityRules {
  readonly access: Access;
  readonly verifier: SigV4Verifier;
  readonly region: string;
}

const anonymous: Identity = { principal: { type: 'anonymous' } };

/** The operator's own paths are signed for this name. */
export const operatorSigningName = 'cloister';

/**
 * Verifies the signature of a request. One that is there must hold; without one the caller is anonymous, and it is for
 * the caller of this function to refuse that.
 * @param service in whose words to refuse; `scope` is the name that the signature must be made for
 */
export function authenticate(
  exchange: Exchange,
  service: ServiceName,
  scope: string,
  body: Uint8Array | undefined,
  now: Date,
  rules: IdentityRules,
): Identity {
  const { head, headers } = exchange;
  const request: SignedRequest = { method: head.method, target: head.target, headers };
  try {
    const stated = findSignature(request);
    if (stated === undefined) return anonymous;
    exchange.accessKeyId = stated.accessKeyId;
    checkScope(stated, service, scope, rules.region);
    const credential = rules.access.resolve(stated.accessKeyId, stated.sessionToken);
    if (credential === undefined) throw identityError(service, 'unknown-key');
    const { principal, secretAccessKey } = credential;
    exchange.principal = principal;
    if (stated.form === 'query-v2') {
      verifyPresignedV2(request, stated, secretAccessKey, resourceOf(exchange), now);
      return { principal, stated };
    }
    return { principal, stated, verified: rules.verifier.verify(request, stated, secretAccessKey, now, () => bodyHash(body)) };
  } catch (error) {
    if (error instanceof SignatureError) throw fromSignatureError(service, error);
    throw error;
  }
}

function checkScope(stated: StatedSignature, service: ServiceName, scope: string, region: string): void {
  if (stated.service !== scope) throw identityError(service, 'wrong-service', { stated: stated.service, scope });
  if (stated.form === 'query-v2' || stated.region === region) return;
  // IAM has one region, and STS had one: clients sign for it wherever they are.
  const isGlobal = (service === 'iam' || service === 'sts') && stated.region === 'us-east-1';
  if (!isGlobal) throw identityError(service, 'wrong-region', { stated: stated.region, region });
}

function bodyHash(body: Uint8Array | undefined): string {
  if (body === undefined) throw new AwsError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  return sha256Hex(body);
}

/** What version 2 signs as the path: with the bucket, wherever it stood. */
function resourceOf(exchange: Exchange): string {
  const { bucket, fromHost } = bucketAndKey(exchange);
  return fromHost ? `/${bucket}${exchange.path}` : exchange.path;
}
