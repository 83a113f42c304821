import { decode, encode, type Packet } from 'dns-packet';
import { isAwsName } from '../../aws/host-names.ts';

/** As the resolver of a VPC says it: the command is over before anything changes. */
const ttlSeconds = 5;
/** RFC 1035 §4.1.1: nothing here answers it, ask another server. */
const refused = 5;

/**
 * Answers one DNS question: a name of AWS's has the one address, whatever the service and whether Cloister has it, so that no call
 * goes to AWS unnoticed. Everything else is refused, and resolvers turn to the machine's own servers. Undefined when it cannot be read.
 */
export function answerQuestion(message: Buffer, address: string): Buffer | undefined {
  let query: Packet;
  try {
    query = decode(message);
  } catch {
    return undefined;
  }
  const [question] = query.questions ?? [];
  if (query.type !== 'query' || question === undefined) return undefined;
  const isOurs = isAwsName(question.name);
  const answers = isOurs && question.type === 'A' ? [{ type: 'A' as const, name: question.name, ttl: ttlSeconds, data: address }] : [];
  const recursion = 0x0180; // Desired and available.
  return encode({ type: 'response', id: query.id ?? 0, flags: recursion | (isOurs ? 0 : refused), questions: [question], answers });
}

/** The machine's `resolv.conf` with this server before its own. Resolvers ask three at most, in this order. */
export function resolvConfWith(address: string, machines: string): string {
  return `nameserver ${address}\n${machines}`;
}
