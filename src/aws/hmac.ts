import { hash, timingSafeEqual } from 'node:crypto';

const blockBytes = 64;

export const sha256Hex = (data: string | Uint8Array): string => hash('sha256', data, 'hex');

/**
 * HMAC-SHA256 from two one-shot hashes: `createHmac` objects are native handles, and collecting them costs more than
 * the hashing does (measured 20 µs against 1 µs under load).
 */
export function hmacSha256(key: Uint8Array | string, text: string): Buffer {
  const given = typeof key === 'string' ? Buffer.from(key) : key;
  const short = given.length > blockBytes ? hash('sha256', given, 'buffer') : given;
  const message = Buffer.from(text);
  const inner = Buffer.alloc(blockBytes + message.length, 0x36);
  const outer = Buffer.alloc(blockBytes + 32, 0x5c);
  for (const [index, byte] of short.entries()) {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  message.copy(inner, blockBytes);
  hash('sha256', inner, 'buffer').copy(outer, blockBytes);
  return hash('sha256', outer, 'buffer');
}

/** Compares without telling by its duration how much was right. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
