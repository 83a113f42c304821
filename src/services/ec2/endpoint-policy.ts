import { endpointPolicyProblem } from '../../model/policy/resource-policy.ts';
import * as errors from './errors.ts';

/** The document as it was given, when it can be the policy of an endpoint. */
export function checkedEndpointPolicy(document: string): string {
  const problem = endpointPolicyProblem(document);
  if (problem !== undefined) throw errors.invalidPolicyDocument(problem);
  return document;
}
