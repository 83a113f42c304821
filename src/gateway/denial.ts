import { AwsError } from '../aws/aws-error.ts';
import { serviceFacts } from '../aws/service-model.ts';
import type { ServiceName } from '../model/arrival.ts';
import type { Decision, Demand } from '../model/policy/decision.ts';
import { encodedMessage } from '../services/sts/authorization-message.ts';

/** What a service answers to a call that policies refuse, in its own words. */
export function denial(service: ServiceName, demand: Demand, decision: Decision, requestId: string): AwsError {
  const context = { action: demand.action, resource: demand.resource, determining: decision.determining, missing: decision.missing };
  const { message } = decision;
  if (service === 'ec2') {
    // AWS puts the decision into this text, for those who may decode it. Ours names the record that `cloister explain` finds.
    const encoded = encodedMessage(requestId);
    const parts = ['You are not authorized to perform this operation.', sentence(message), `Encoded authorization failure message: ${encoded}`];
    return new AwsError('UnauthorizedOperation', parts.filter((part) => part !== '').join(' '), { status: 403, context });
  }
  const isJson = serviceFacts[service].protocol === 'json';
  return new AwsError(isJson ? 'AccessDeniedException' : 'AccessDenied', message, { status: isJson ? 400 : 403, context });
}

const sentence = (message: string): string => (message === '' || message.endsWith('.') ? message : `${message}.`);
