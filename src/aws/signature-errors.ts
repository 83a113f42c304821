import type { ServiceName } from '../model/arrival.ts';
import { AwsError } from './aws-error.ts';
import { serviceFacts } from './service-model.ts';
import type { SignatureError, SignatureProblem } from './sigv4.ts';

/** Problems with the identity of a caller, beyond those of the signature itself. */
export type IdentityProblem = SignatureProblem | 'missing' | 'unknown-key' | 'wrong-region' | 'wrong-service';

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

const s3Codes: Readonly<Record<IdentityProblem, readonly [string, number]>> = {
  malformed: ['AuthorizationHeaderMalformed', 400],
  'malformed-query': ['AuthorizationQueryParametersError', 400],
  'two-mechanisms': ['InvalidArgument', 400],
  unsupported: ['InvalidRequest', 400],
  skewed: ['RequestTimeTooSkewed', 403],
  expired: ['AccessDenied', 403],
  'not-yet-valid': ['AccessDenied', 403],
  'unsigned-header': ['AccessDenied', 403],
  mismatch: ['SignatureDoesNotMatch', 403],
  missing: ['AccessDenied', 403],
  'unknown-key': ['InvalidAccessKeyId', 403],
  'wrong-region': ['AuthorizationHeaderMalformed', 400],
  'wrong-service': ['AuthorizationHeaderMalformed', 400],
};
const queryCodes: typeof s3Codes = {
  malformed: ['IncompleteSignature', 400],
  'malformed-query': ['IncompleteSignature', 400],
  'two-mechanisms': ['IncompleteSignature', 400],
  unsupported: ['IncompleteSignature', 400],
  skewed: ['SignatureDoesNotMatch', 403],
  expired: ['SignatureDoesNotMatch', 403],
  'not-yet-valid': ['SignatureDoesNotMatch', 403],
  'unsigned-header': ['SignatureDoesNotMatch', 403],
  mismatch: ['SignatureDoesNotMatch', 403],
  missing: ['MissingAuthenticationToken', 403],
  'unknown-key': ['InvalidClientTokenId', 403],
  'wrong-region': ['SignatureDoesNotMatch', 403],
  'wrong-service': ['SignatureDoesNotMatch', 403],
};
const jsonCodes: typeof s3Codes = {
  malformed: ['IncompleteSignatureException', 400],
  'malformed-query': ['IncompleteSignatureException', 400],
  'two-mechanisms': ['IncompleteSignatureException', 400],
  unsupported: ['IncompleteSignatureException', 400],
  skewed: ['InvalidSignatureException', 400],
  expired: ['InvalidSignatureException', 400],
  'not-yet-valid': ['InvalidSignatureException', 400],
  'unsigned-header': ['InvalidSignatureException', 400],
  mismatch: ['InvalidSignatureException', 400],
  missing: ['MissingAuthenticationTokenException', 400],
  'unknown-key': ['UnrecognizedClientException', 400],
  'wrong-region': ['InvalidSignatureException', 400],
  'wrong-service': ['InvalidSignatureException', 400],
};
/** EC2 says the same of a wrong key and a wrong signature. */
const ec2Codes: typeof s3Codes = {
  ...queryCodes,
  skewed: ['RequestExpired', 400],
  expired: ['RequestExpired', 400],
  mismatch: ['AuthFailure', 401],
  'unknown-key': ['AuthFailure', 401],
};
const codesOf: Readonly<Record<ServiceName, typeof s3Codes>> = {
  ec2: ec2Codes,
  iam: queryCodes,
  logs: jsonCodes,
  s3: s3Codes,
  sagemaker: jsonCodes,
  sts: queryCodes,
};

/** What the sentences are about. */
export interface IdentityFacts {
  readonly message?: string;
  /** The region that there is. */
  readonly region?: string;
  /** The region or service that the signature was made for. */
  readonly stated?: string;
  /** The service that it should have been made for. */
  readonly scope?: string;
}

/** What a service answers to a caller that it does not believe. */
export function identityError(service: ServiceName, problem: IdentityProblem, facts: IdentityFacts = {}): AwsError {
  const [code, status] = codesOf[service][problem];
  const { protocol } = serviceFacts[service];
  const message =
    protocol === 'rest-xml' ? s3Message(problem, facts) : protocol === 'ec2' ? ec2Message(problem, facts) : otherMessage(service, problem, facts);
  const detail: Record<string, string> = service === 's3' && problem === 'wrong-region' ? { Region: facts.region ?? '' } : {};
  return new AwsError(code, message, { status, detail });
}

export const fromSignatureError = (service: ServiceName, error: SignatureError): AwsError =>
  identityError(service, error.problem, { message: error.message });

function s3Message(problem: IdentityProblem, { message = '', region = '', stated = '' }: IdentityFacts): string {
  const malformed = 'The authorization header is malformed';
  if (problem === 'unknown-key') return 'The AWS Access Key Id you provided does not exist in our records.';
  if (problem === 'mismatch')
    return 'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
  if (problem === 'missing') return 'Access Denied';
  if (problem === 'wrong-region') return `${malformed}; the region '${stated}' is wrong; expecting '${region}'`;
  if (problem === 'wrong-service') return `${malformed}; incorrect service "${stated}". This endpoint belongs to "s3".`;
  if (problem === 'malformed') return `${malformed}; ${message}`;
  if (problem === 'skewed') return 'The difference between the request time and the current time is too large.';
  return message;
}

function ec2Message(problem: IdentityProblem, facts: IdentityFacts): string {
  if (problem === 'unknown-key' || problem === 'mismatch') return 'AWS was not able to validate the provided access credentials';
  if (problem === 'skewed' || problem === 'expired') return 'Request has expired.';
  return otherMessage('ec2', problem, facts);
}

function otherMessage(service: ServiceName, problem: IdentityProblem, { message = '', scope = service }: IdentityFacts): string {
  if (problem === 'unknown-key') return 'The security token included in the request is invalid.';
  if (problem === 'mismatch') return mismatch;
  if (problem === 'missing')
    return serviceFacts[service].protocol === 'json' ? 'Missing Authentication Token' : 'Request is missing Authentication Token';
  if (problem === 'wrong-region') return 'Credential should be scoped to a valid region.';
  if (problem === 'wrong-service') return `Credential should be scoped to correct service: '${scope}'.`;
  return message;
}
