import { parsePolicy, problemText } from '../../model/policy/parse.ts';
import * as errors from './errors.ts';
import { quotas } from './quotas.ts';

/** Full access, as AWS writes it. */
export const defaultEndpointPolicy = JSON.stringify({
  Version: '2008-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

/** The document as it was given, when it can be the policy of an endpoint. https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html */
export function checkedEndpointPolicy(document: string): string {
  if (document.length > quotas.endpointPolicyCharacters) {
    throw errors.invalidPolicyDocument(`The policy document exceeds the maximum length of ${quotas.endpointPolicyCharacters} characters`);
  }
  const { problem } = parsePolicy(document, 'endpoint');
  if (problem !== undefined) throw errors.invalidPolicyDocument(problemText(problem));
  return document;
}
