import { createHash } from 'node:crypto';
import type { Collection } from '../../store/collection.ts';
import { idempotentParameterMismatch } from './errors.ts';
import type { ResourceContext } from './resources.ts';

/** What a created row remembers of its request, when the caller sent a token. */
interface Remembered {
  readonly clientToken?: string;
  readonly creationSha256?: string;
}

export function creationOf(input: { readonly ClientToken?: string | undefined }): Remembered {
  const { ClientToken: clientToken, ...parameters } = input;
  if (clientToken === undefined || clientToken === '') return {};
  return { clientToken, creationSha256: createHash('sha256').update(JSON.stringify(parameters)).digest('hex') };
}

/**
 * The row that the same request made before: a retried creation answers with it. The same token with other parameters
 * is refused. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export function sameCreation<Row extends Remembered & { readonly ownerId: string }>(
  { accountId }: ResourceContext,
  collection: Collection<Row>,
  { clientToken, creationSha256 }: Remembered,
): Row | undefined {
  if (clientToken === undefined) return undefined;
  const earlier = collection.list({ clientToken } as Partial<Row>).find(({ ownerId }) => ownerId === accountId);
  if (earlier !== undefined && earlier.creationSha256 !== creationSha256) throw idempotentParameterMismatch();
  return earlier;
}
