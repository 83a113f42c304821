import { createSecureContext, type SecureContext } from 'node:tls';
import { systemClock, type Clock } from '../stdx/clock.ts';
import { limits } from './limits.ts';
import type { LeafCertificate } from './listener.ts';

/** A certificate is asked for again after this time, so that a daemon that runs for a year shows none that expired. */
export const certificateFreshMs = 12 * 60 * 60 * 1000;

/** A certificate and the TLS context made of it. */
export interface SecureIdentity extends LeafCertificate {
  readonly context: SecureContext;
}

interface Entry {
  readonly identity: Promise<SecureIdentity>;
  readonly madeAtMs: number;
}

/** TLS contexts by server name, the most recently used ones kept. Names come from clients, so their number is bounded. */
export class SecureContexts {
  readonly #certificateFor: (serverName: string | undefined) => Promise<LeafCertificate>;
  readonly #clock: Clock;
  readonly #entries = new Map<string | undefined, Entry>();

  constructor(certificateFor: (serverName: string | undefined) => Promise<LeafCertificate>, clock: Clock = systemClock) {
    this.#certificateFor = certificateFor;
    this.#clock = clock;
  }

  /** What to show to a client that asked for this name; undefined: that named none. Rejects when there is no certificate for it. */
  async of(serverName: string | undefined): Promise<SecureIdentity> {
    const name = serverName?.toLowerCase();
    const now = this.#clock.monotonicMs();
    let entry = this.#entries.get(name);
    if (entry === undefined || now - entry.madeAtMs > certificateFreshMs) {
      entry = { identity: this.#make(name), madeAtMs: now };
      // What failed is asked for again by the next client.
      entry.identity.catch(() => this.#entries.delete(name));
    }
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    if (this.#entries.size > limits.secureContextsMax) this.#entries.delete(this.#entries.keys().next().value);
    return entry.identity;
  }

  async #make(name: string | undefined): Promise<SecureIdentity> {
    const { certificate, key } = await this.#certificateFor(name);
    return { certificate, key, context: createSecureContext({ cert: certificate, key, minVersion: 'TLSv1.2' }) };
  }
}
