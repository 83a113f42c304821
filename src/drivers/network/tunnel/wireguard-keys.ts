import { generateKeyPairSync } from 'node:crypto';
import { present } from '../../../stdx/assert.ts';

/** In the base64 of `wg`. */
export interface WireguardKeys {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** X25519, as WireGuard has it. */
export function newKeys(): WireguardKeys {
  const { d, x } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  const inBase64 = (part: string | undefined): string => Buffer.from(present(part, 'a key has both parts'), 'base64url').toString('base64');
  return { privateKey: inBase64(d), publicKey: inBase64(x) };
}
