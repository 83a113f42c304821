import { assert } from '../stdx/assert.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Reply, RequestHandler } from '../aws/message.ts';
import type { ReceivedBlob } from '../store/blobs/blob.ts';

/** What became of a body that was asked for. */
export type BodyResult = Parameters<RequestHandler<ReceivedBlob>['complete']>[1];

/** How a request is carried on, once its body is here. */
export type Continuation = (result: BodyResult) => Promise<Reply>;

const statuses: Readonly<Record<string, number>> = { SignatureDoesNotMatch: 403, RequestEntityTooLarge: 413, InternalError: 500, SlowDown: 503 };

function failureOf({ code, message }: { readonly code: string; readonly message: string }): AwsError {
  return new AwsError(code, message, { status: statuses[code] ?? 400 });
}

/** The bytes of a collected body. Throws what its reader reported instead. */
export function collectedBody(result: BodyResult): Uint8Array {
  if ('failed' in result) throw failureOf(result.failed);
  assert('body' in result, 'a collected body is answered with its bytes');
  return result.body;
}

/** The blob of a received body. Throws what its receiver reported instead. */
export function receivedBlob(result: BodyResult): ReceivedBlob {
  if ('failed' in result) throw failureOf(result.failed);
  assert('received' in result, 'a received body is answered with its blob');
  return result.received;
}
