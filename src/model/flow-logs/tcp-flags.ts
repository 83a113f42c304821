import { protocolNumbers } from '../network/groups.ts';
import type { TrackedFlow } from './observation.ts';

const [fin, syn, rst, synAck] = [1, 2, 4, 18];

/** Undefined where it is not known. */
export interface FlowFlags {
  readonly original: number | undefined;
  readonly reply: number | undefined;
}

const unknown: FlowFlags = { original: undefined, reply: undefined };
const none: FlowFlags = { original: 0, reply: 0 };

/**
 * The flags that a flow's packets must have had, from how far its connection is: nobody looks at each packet. A flow that
 * is older than the reading and goes on had none; one that ends in it, or by a reset, does not tell whose flags it had.
 */
export function flagsOf({ protocol, tcpState, began, original, reply }: TrackedFlow): FlowFlags {
  if (protocol !== protocolNumbers.tcp) return none;
  if (!began) return tcpState === 'established' ? none : unknown;
  if (tcpState === 'syn-sent') return { original: syn, reply: 0 };
  if (tcpState === 'syn-recv' || tcpState === 'established') return { original: syn, reply: synAck };
  if (tcpState === 'last-ack' || tcpState === 'time-wait') return { original: syn | fin, reply: synAck | fin };
  // One packet each way: the connection was refused.
  const isRefused = tcpState === 'close' && original.packets === 1 && reply.packets === 1;
  return isRefused ? { original: syn, reply: rst } : unknown;
}
