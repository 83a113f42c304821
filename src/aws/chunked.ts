import { createHash, type Hash } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import { type Checksum, createChecksum, isChecksumAlgorithm } from './checksum.ts';
import { equalBytes, hmacSha256, sha256Hex } from './hmac.ts';
import type { ChunkedDecoding } from './message.ts';

/** A chunk header with its signature is 90 bytes, a trailer less than 200. */
const lineLimitBytes = 1024;
const trailerLimit = 8;
const emptyHash = sha256Hex('');

const incomplete = (message: string): AwsError => new AwsError('IncompleteBody', message);

/** What is known when the last chunk has been read. */
export interface ChunkedEnd {
  /** Decoded bytes. */
  readonly size: number;
  /** Trailing headers, by lower-case name. */
  readonly trailers: Readonly<Record<string, string>>;
  /** The checksum of the trailer, verified, base64. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * Decodes `Content-Encoding: aws-chunked` in its four forms: chunks signed or not, with a trailer or not. Fed with the
 * bytes as they arrive, in any pieces; gives slices of them back, without copying. Verifies chunk signatures, the
 * trailer's signature and the trailing checksum; throws an `AwsError` at the first thing that is wrong.
 *
 * Bytes are given back before their chunk's signature is known, so the receiver must discard everything on an error.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export class ChunkedDecoder {
  readonly #decoding: ChunkedDecoding;
  readonly #trailerChecksum: Checksum | undefined;
  #state: 'size' | 'data' | 'after-data' | 'trailer' | 'end' = 'size';
  #line: Uint8Array[] = [];
  #lineBytes = 0;
  /** Bytes of the chunk that have not come yet. */
  #left = 0;
  #size = 0;
  #chunkHash: Hash | undefined;
  #chunkSignature = '';
  #previousSignature: string;
  readonly #trailers = new Map<string, string>();
  #signedTrailerText = '';
  #trailerSignatureSeen = false;

  constructor(decoding: ChunkedDecoding) {
    this.#decoding = decoding;
    this.#previousSignature = decoding.signature?.seed ?? '';
    const algorithm = decoding.trailerChecksum;
    if (algorithm === undefined) return;
    if (!isChecksumAlgorithm(algorithm)) throw new AwsError('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported');
    this.#trailerChecksum = createChecksum(algorithm);
  }

  /** The decoded bytes in `bytes`, as slices of it. */
  push(bytes: Uint8Array): Uint8Array[] {
    const output: Uint8Array[] = [];
    let position = 0;
    while (position < bytes.length) {
      if (this.#state === 'end') throw incomplete('The request has bytes after its last chunk.');
      if (this.#state === 'data') {
        const part = bytes.subarray(position, position + this.#left);
        position += part.length;
        this.#data(part);
        output.push(part);
        continue;
      }
      const newline = bytes.indexOf(10, position);
      const end = newline < 0 ? bytes.length : newline;
      this.#keep(bytes.subarray(position, end));
      position = end + 1;
      if (newline >= 0) this.#endLine();
    }
    return output;
  }

  /** To be called when the body has ended. */
  finish(): ChunkedEnd {
    // Without a trailer, some clients leave out the empty line after the last chunk.
    const ended = this.#state === 'end' || (this.#state === 'trailer' && this.#lineBytes === 0 && this.#trailers.size === 0);
    if (!ended) throw incomplete('The request body terminated unexpectedly');
    const { decodedLength, signature } = this.#decoding;
    if (decodedLength !== undefined && decodedLength !== this.#size) {
      throw incomplete('You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header');
    }
    if (signature?.trailerSigned === true && !this.#trailerSignatureSeen) throw malformedTrailer();
    return { size: this.#size, trailers: Object.fromEntries(this.#trailers), checksums: this.#verifiedChecksums() };
  }

  #verifiedChecksums(): Record<string, string> {
    const algorithm = this.#decoding.trailerChecksum;
    if (algorithm === undefined || this.#trailerChecksum === undefined) return {};
    const given = this.#trailers.get(`x-amz-checksum-${algorithm}`);
    if (given === undefined) throw malformedTrailer();
    const computed = Buffer.from(this.#trailerChecksum.digest()).toString('base64');
    if (computed !== given) throw checksumMismatch(algorithm);
    return { [algorithm]: computed };
  }

  #data(part: Uint8Array): void {
    this.#chunkHash?.update(part);
    this.#trailerChecksum?.update(part);
    this.#size += part.length;
    this.#left -= part.length;
    if (this.#decoding.decodedLength !== undefined && this.#size > this.#decoding.decodedLength) {
      throw incomplete('The request body is longer than the x-amz-decoded-content-length HTTP header says');
    }
    if (this.#left > 0) return;
    this.#endChunk();
    this.#state = 'after-data';
  }

  #keep(part: Uint8Array): void {
    this.#lineBytes += part.length;
    if (this.#lineBytes > lineLimitBytes) throw incomplete('A chunk header is too long.');
    // The pieces outlive the socket's buffer that they are slices of.
    if (part.length > 0) this.#line.push(Uint8Array.from(part));
  }

  #endLine(): void {
    const line = Buffer.concat(this.#line).toString('latin1');
    this.#line = [];
    this.#lineBytes = 0;
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (this.#state === 'size') this.#chunkHeader(text);
    else if (this.#state === 'trailer') this.#trailerLine(text);
    else if (text === '') this.#state = 'size';
    else throw incomplete('A chunk is longer than its header says.');
  }

  #chunkHeader(text: string): void {
    const found = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(text);
    if (found === null) throw incomplete('A chunk header is not well-formed.');
    this.#left = Number.parseInt(found[1] ?? '', 16);
    if (this.#decoding.signature !== undefined) {
      this.#chunkSignature = found[2] ?? '';
      this.#chunkHash = createHash('sha256');
    }
    if (this.#left > 0) {
      this.#state = 'data';
      return;
    }
    this.#endChunk();
    this.#state = 'trailer';
  }

  #endChunk(): void {
    if (this.#chunkHash === undefined) return;
    const text = `${emptyHash}\n${this.#chunkHash.digest('hex')}`;
    this.#verify('AWS4-HMAC-SHA256-PAYLOAD', text, this.#chunkSignature);
  }

  #trailerLine(text: string): void {
    if (text === '') {
      this.#state = 'end';
      return;
    }
    const colon = text.indexOf(':');
    if (colon <= 0 || this.#trailers.size >= trailerLimit || this.#trailerSignatureSeen) throw malformedTrailer();
    const name = text.slice(0, colon).toLowerCase();
    const value = text.slice(colon + 1).replaceAll(/^[ \t]+|[ \t]+$/g, '');
    if (name === 'x-amz-trailer-signature') {
      this.#trailerSignatureSeen = true;
      if (this.#decoding.signature !== undefined) this.#verify('AWS4-HMAC-SHA256-TRAILER', sha256Hex(this.#signedTrailerText), value);
      return;
    }
    if (this.#trailers.has(name)) throw malformedTrailer();
    this.#trailers.set(name, value);
    this.#signedTrailerText += `${name}:${value}\n`;
  }

  #verify(algorithm: string, text: string, given: string): void {
    const { signature } = this.#decoding;
    if (signature === undefined) return;
    const { date, scope, signingKey } = signature;
    const computed = hmacSha256(signingKey, `${algorithm}\n${date}\n${scope}\n${this.#previousSignature}\n${text}`);
    // `Buffer.from` would stop at the first character that is no digit, and take what follows for nothing.
    if (!/^[0-9a-f]{64}$/.test(given) || !equalBytes(computed, Buffer.from(given, 'hex'))) {
      const message = 'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
      throw new AwsError('SignatureDoesNotMatch', message, { status: 403 });
    }
    this.#previousSignature = computed.toString('hex');
  }
}

const malformedTrailer = (): AwsError =>
  new AwsError('MalformedTrailerError', 'The request contained trailing data that was not well-formed or did not conform to our published schema.');

/** The error for a body that is not what its checksum says. */
export function checksumMismatch(algorithm: string): AwsError {
  if (algorithm === 'md5') return new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  return new AwsError('BadDigest', `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`);
}
