import { randomUUID } from 'node:crypto';
import type { Plan, Reply, RequestHandler, RequestHead } from '../../src/aws/message.ts';
import type { ReceivedBlob } from '../../src/store/blobs/blob.ts';
import { blobPath } from '../../src/store/blobs/blob-directory.ts';

export const ok = (value: unknown): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(value)),
});

/** A gateway of a few lines: PUT receives, GET sends what was received, anything else echoes how it came. */
export class FakeGateway implements RequestHandler<ReceivedBlob> {
  readonly heads: RequestHead[] = [];
  readonly objects = new Map<string, ReceivedBlob>();
  readonly abandoned: string[] = [];
  readonly failures: { code: string; message: string }[] = [];
  readonly #directory: string;
  readonly #targets = new Map<string, string>();
  /** Changes the plan of the next uploads. */
  plans: Partial<Extract<Plan, { kind: 'receive' }>> = {};
  refuse = false;
  /** Plans of `/wait…` are made when this resolves. */
  held: Promise<void> = Promise.resolve();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async plan(head: RequestHead, body?: Uint8Array): Promise<Plan> {
    this.heads.push(head);
    const { method, target, arrival, tlsVersion } = head;
    if (this.refuse) return { kind: 'reply', reply: { status: 403, headers: {}, body: Buffer.from('no') } };
    const ticket = randomUUID();
    this.#targets.set(ticket, target);
    if (target.startsWith('/collect')) return { kind: 'collect', ticket, maxBytes: 1000 };
    if (target.startsWith('/wait')) await this.held;
    if (target.startsWith('/throw')) throw new Error('a bug');
    if (method === 'PUT') {
      return { kind: 'receive', ticket, blobId: ticket, maxBytes: 1 << 30, expectedChecksums: {}, computeMd5: false, ...this.plans };
    }
    const object = this.objects.get(target);
    if (object !== undefined) {
      const path = blobPath(this.#directory, object.blobId);
      return { kind: 'reply', reply: { status: 200, headers: { etag: '"x"' }, body: { path, start: 0, end: object.size - 1 } } };
    }
    return {
      kind: 'reply',
      reply: ok({ method, target, arrival, tlsVersion, body: body === undefined ? null : Buffer.from(body.subarray(0, 200_000)).toString('utf8') }),
    };
  }

  async complete(
    ticket: string,
    result: { body: Uint8Array } | { received: ReceivedBlob } | { failed: { code: string; message: string } },
  ): Promise<Reply> {
    if ('failed' in result) {
      this.failures.push(result.failed);
      return { status: 400, headers: {}, body: Buffer.from(result.failed.code) };
    }
    if ('body' in result) return ok({ collected: Buffer.from(result.body).toString('utf8') });
    this.objects.set(this.#targets.get(ticket) ?? '', result.received);
    return ok(result.received);
  }

  abandon(ticket: string): void {
    this.abandoned.push(ticket);
  }
}

/** Waits until something holds; the test's own timeout ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
