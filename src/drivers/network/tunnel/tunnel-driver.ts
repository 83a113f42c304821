import type { Capability } from '../network-driver.ts';

/** Why there are no tunnels here and what to do about it, or undefined where there are. */
export const tunnelRefusal = ({ ok, detail, fix = '' }: Capability): string | undefined => (ok ? undefined : `${detail}. ${fix}`.trim());

/** One end of a tunnel: an interface, and the directory of the instance that has it. */
export interface TunnelEnd {
  /** See `instanceLayout`. */
  readonly directory: string;
  readonly networkNamespacePath: string;
  /** Dotted quad: where the other ends find it, and what is sent to it through the tunnel. */
  readonly address: string;
}

/**
 * Encrypts what interfaces send each other. Tunnels outlive the daemon; their keys are nowhere but in them. What they do not
 * carry is none of their business: the gate of tunnels in the router drops it.
 */
export interface TunnelDriver {
  capability(): Promise<Capability>;
  /** Joins all ends to each other, with new keys, whatever was there before. Rejects when one of them could not be. */
  open(ends: readonly TunnelEnd[]): Promise<void>;
  /** False when what carries an end has ended, or never was. */
  isOpen(directory: string): boolean;
  /** Idempotent. Without its namespace, which is gone then, only what is left of it elsewhere. */
  close(end: Pick<TunnelEnd, 'directory'> & Partial<TunnelEnd>): Promise<void>;
  /** Ends the programs behind all tunnels. Needs no database. */
  purge(): Promise<readonly string[]>;
}
