import { AwsError } from '../aws/aws-error.ts';
import { serviceFacts } from '../aws/service-model.ts';
import type { ServiceName } from '../model/arrival.ts';
import type { Decision, Demand } from '../model/policy/decision.ts';
import type { Principal } from '../model/policy/principal.ts';

/** What a service answers to a call that policies refuse, in its own words. */
export function denial(service: ServiceName, principal: Principal, demand: Demand, decision: Decision, requestId: string): AwsError {
  const context = { action: demand.action, resource: demand.resource, determining: decision.determining, missing: decision.missing };
  const { message } = decision;
  if (service === 's3') return new AwsError('AccessDenied', s3Sentence(principal, demand, message), { status: 403, context });
  if (service === 'ec2') {
    // AWS puts the decision into this text, for those who may decode it. Ours names the record that `cloister explain` finds.
    const encoded = Buffer.from(`cloister:${requestId}`).toString('base64url');
    const parts = ['You are not authorized to perform this operation.', sentence(message), `Encoded authorization failure message: ${encoded}`];
    return new AwsError('UnauthorizedOperation', parts.filter((part) => part !== '').join(' '), { status: 403, context });
  }
  const isJson = serviceFacts[service].protocol === 'json';
  return new AwsError(isJson ? 'AccessDeniedException' : 'AccessDenied', message, { status: isJson ? 400 : 403, context });
}

const sentence = (message: string): string => (message === '' || message.endsWith('.') ? message : `${message}.`);

/** S3 gives its reason to callers of the account that owns the bucket, and nothing to strangers. */
function s3Sentence(principal: Principal, demand: Demand, message: string): string {
  const plain = 'Access Denied';
  if (principal.type === 'anonymous' || principal.type === 'service') return plain;
  const isOwn = demand.resourceOwner === undefined || demand.resourceOwner === principal.accountId;
  return isOwn && message !== '' ? message.replace(`on resource: ${demand.resource} `, `on resource: "${demand.resource}" `) : plain;
}
