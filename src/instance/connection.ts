import { connect, type Socket } from 'node:net';
import { lineOf, linesOf } from '../model/job/agent-lines.ts';
import type { AgentMessage, DaemonMessage } from '../model/job/agent-orders.ts';
import { sleep } from '../stdx/deadline.ts';
import { reconnectMs } from './limits.ts';

/**
 * The agent's end of the instance's socket. The daemon may end and a new one listen at the same path: until then
 * messages wait, and after `orphanMs` without anybody the agent's life is over.
 */
export class Connection {
  readonly #path: string;
  readonly #orphanMs: number;
  #socket: Socket | undefined;

  constructor(path: string, orphanMs: number) {
    this.#path = path;
    this.#orphanMs = orphanMs;
  }

  /** Lost when nobody listens: what matters is asked for again by the next daemon. */
  send(message: AgentMessage): void {
    this.#socket?.write(lineOf(message));
  }

  /** What daemons say, one after the other, until the agent is an orphan. `greeting` is said to each. */
  async *messages(greeting: () => readonly AgentMessage[]): AsyncGenerator<DaemonMessage> {
    let deadline = performance.now() + this.#orphanMs;
    while (performance.now() < deadline) {
      const socket = connect(this.#path);
      socket.on('connect', () => {
        this.#socket = socket;
        for (const message of greeting()) this.send(message);
      });
      try {
        for await (const line of linesOf(socket as AsyncIterable<Buffer>)) {
          deadline = performance.now() + this.#orphanMs;
          yield JSON.parse(line) as DaemonMessage;
          deadline = performance.now() + this.#orphanMs;
        }
      } catch {
        // Nobody listens, or the daemon ended in the middle of a line: either way there may be another one soon.
      }
      // A daemon that was there until now: the time without one begins now.
      if (this.#socket === socket) deadline = performance.now() + this.#orphanMs;
      this.#socket = undefined;
      socket.destroy();
      await sleep(reconnectMs);
    }
  }
}
