import * as errors from './errors.ts';
import { quotas } from './quotas.ts';

/** Full access, as AWS writes it. */
export const defaultEndpointPolicy = JSON.stringify({
  Version: '2008-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The document as it was given, when it can be the policy of an endpoint: JSON with statements, each of which names a
 * principal. https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
export function checkedEndpointPolicy(document: string): string {
  if (document.length > quotas.endpointPolicyCharacters) {
    throw errors.invalidPolicyDocument(`The policy document exceeds the maximum length of ${quotas.endpointPolicyCharacters} characters`);
  }
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    throw errors.invalidPolicyDocument('This policy contains invalid Json');
  }
  const statements = isObject(policy) ? [policy['Statement']].flat().filter((statement) => statement !== undefined) : [];
  if (statements.length === 0) throw errors.invalidPolicyDocument('The policy document must contain a Statement');
  for (const statement of statements) {
    if (!isObject(statement) || (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny')) {
      throw errors.invalidPolicyDocument("Each Statement must have the Effect 'Allow' or 'Deny'");
    }
    if (statement['Principal'] === undefined && statement['NotPrincipal'] === undefined) {
      throw errors.invalidPolicyDocument('Each Statement must contain a Principal');
    }
  }
  return document;
}
