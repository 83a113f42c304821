import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { FileSlice, Reply } from '../aws/message.ts';
import { sendSlices, sliceBytes } from '../store/blobs/send-slices.ts';
import { deadlines, limits } from './limits.ts';

/** A small refusal that a worker makes itself, because the control thread must not be asked or does not answer. */
export function refusalReply(status: number, code: string, message: string, json: boolean): Reply {
  const [type, text] = json
    ? ['application/x-amz-json-1.1', JSON.stringify({ __type: code, message })]
    : ['application/xml', `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`];
  return { status, headers: { 'content-type': type }, body: new TextEncoder().encode(text) };
}

const isSlices = (body: Reply['body']): body is FileSlice | readonly FileSlice[] => body !== undefined && !(body instanceof Uint8Array);

/**
 * Sends a reply and resolves when its last byte was given to the kernel. Headers go out with the first byte of the
 * body: a file that cannot be opened rejects while nothing was sent yet.
 */
export async function sendReply(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  request.socket.setTimeout(deadlines.replyIdleMs);
  response.statusCode = reply.status;
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  const bodyless = reply.status === 204 || reply.status === 304;
  const slices = isSlices(reply.body) ? [reply.body].flat() : undefined;
  const bytes = slices === undefined ? ((reply.body as Uint8Array | undefined)?.byteLength ?? 0) : sliceBytes(slices);
  if (!bodyless && !response.hasHeader('content-length')) response.setHeader('content-length', bytes);
  if (request.method === 'HEAD' || bodyless || bytes === 0) response.end();
  else if (slices === undefined) response.end(reply.body);
  else {
    await sendSlices(slices, response);
    response.end();
  }
  await finished(response);
}

/**
 * Reads what is left of a body that nobody wants. Closing with unread bytes resets the connection, and the client may
 * never see the reply that it was already sent; reading without end would let anyone hold us.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let bytes = 0;
  request.socket.setTimeout(deadlines.replyIdleMs);
  request.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > limits.discardedBytesMax) request.socket.destroy();
  });
  request.resume();
}
