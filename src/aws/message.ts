import type { Arrival } from '../model/arrival.ts';

/**
 * Requests and replies as plain values: a data worker owns the socket and the bulk bytes, the control thread owns
 * meaning. They cross between threads, so they hold only what can be cloned.
 */
export interface RequestHead {
  readonly method: string;
  /** The raw request target, never normalised: S3 keys may hold `..` and `//`. */
  readonly target: string;
  /** Lower-case names and values in order, as they arrived (latin1). */
  readonly headers: readonly (readonly [string, string])[];
  readonly arrival: Arrival;
  /** `1.3`, of a request that came over TLS. */
  readonly tlsVersion?: string;
}

/** First answer of the gateway to a request head (whose body, when it was sent at once, is beside it). */
export type Plan =
  | { readonly kind: 'reply'; readonly reply: Reply }
  /** Read the body, at most `maxBytes`, decode aws-chunked when asked to, and call `complete(ticket, { body })`. */
  | { readonly kind: 'collect'; readonly ticket: string; readonly maxBytes: number; readonly decode?: ChunkedDecoding }
  /** Receive the body into this blob and call `complete(ticket, { received })`; on failure `abandon(ticket)` and unlink. */
  | {
      readonly kind: 'receive';
      readonly ticket: string;
      readonly blobId: string;
      readonly maxBytes: number;
      readonly decode?: ChunkedDecoding;
      /** Checksums the client announced, by algorithm, base64; `trailer` when the value comes in the trailer. */
      readonly expectedChecksums: Readonly<Record<string, string>>;
      /** Hexadecimal SHA-256 the signature covers, when the payload is signed whole. */
      readonly expectedSha256?: string;
      readonly computeMd5: boolean;
    };

/** How to read `Content-Encoding: aws-chunked`; with the derived key when each chunk is signed. No secret is in it. */
export interface ChunkedDecoding {
  readonly decodedLength?: number;
  readonly trailerChecksum?: string;
  readonly signature?: {
    readonly signingKey: Uint8Array;
    readonly seed: string;
    readonly date: string;
    readonly scope: string;
    readonly trailerSigned: boolean;
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes, or ranges of stored objects, in order, that the worker streams itself. */
  readonly body?: Uint8Array | FileSlice | readonly FileSlice[];
}

/** A range of a file. `end` is inclusive; an empty one has `end = start - 1`. */
export interface FileSlice {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** What the gateway is to whoever owns sockets. */
export interface RequestHandler<Received> {
  /** `body` is given when the whole body is already here (every service but S3). */
  plan(head: RequestHead, body?: Uint8Array): Promise<Plan>;
  complete(
    ticket: string,
    result:
      | { readonly body: Uint8Array }
      | { readonly received: Received }
      | { readonly failed: { readonly code: string; readonly message: string } },
  ): Promise<Reply>;
  abandon(ticket: string): void;
}
