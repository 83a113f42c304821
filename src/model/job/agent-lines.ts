import { agentLineBytesMax, type AgentMessage, type DaemonMessage } from './agent-orders.ts';

/** The lines of a stream, each at most `agentLineBytesMax` long. A longer one is a broken peer, and throws. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of stream) {
    pending += decoder.decode(chunk, { stream: true });
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    yield* lines;
    if (pending.length > agentLineBytesMax) throw new Error(`a line of more than ${agentLineBytesMax} bytes`);
  }
}

export const lineOf = (message: AgentMessage | DaemonMessage): string => `${JSON.stringify(message)}\n`;
