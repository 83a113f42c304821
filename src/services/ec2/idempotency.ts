import { createHash } from 'node:crypto';
import type { CreationRequest } from '../../store/ec2.ts';
import { idempotentParameterMismatch } from './errors.ts';

interface Remembered {
  readonly creationRequest?: CreationRequest;
}

/** What a created row remembers of its request, when the caller sent a token. */
export function creationOf(input: { readonly ClientToken?: string | undefined }): Remembered {
  const { ClientToken: token, ...parameters } = input;
  if (token === undefined || token === '') return {};
  return { creationRequest: { clientToken: token, sha256: createHash('sha256').update(JSON.stringify(parameters)).digest('hex') } };
}

/**
 * The row that the same request made before: a retried creation answers with it. The same token with other parameters
 * is refused. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export function sameCreation<Row extends Remembered>(rows: readonly Row[], { creationRequest }: Remembered): Row | undefined {
  if (creationRequest === undefined) return undefined;
  const earlier = rows.find((row) => row.creationRequest?.clientToken === creationRequest.clientToken);
  if (earlier !== undefined && earlier.creationRequest?.sha256 !== creationRequest.sha256) throw idempotentParameterMismatch();
  return earlier;
}
