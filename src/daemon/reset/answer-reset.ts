import type { Reply, RequestHead } from '../../aws/message.ts';

/** Returns everything to the first start. Resolves when it is so; of several, each waits for the one before it. */
export type ResetService = () => Promise<void>;

/** Signed with the root key; and unsigned, where test suites written for moto look for it. */
export const resetTargets: readonly string[] = ['/_cloister/reset', '/moto-api/reset'];

/** Compact but for one space, byte for byte what those suites compare with. */
const done = '{"status": "ok"}';

const answer = (status: number, text: string): Reply => ({ status, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) });
const refused = (message: string): Reply => answer(403, JSON.stringify({ status: 'refused', message }));

/** Undefined when it is another path. */
export async function answerReset({ target, headers }: RequestHead, reset: ResetService | undefined): Promise<Reply | undefined> {
  if (!resetTargets.includes(target)) return undefined;
  if (reset === undefined) {
    return refused('This daemon keeps its state: only one that was started with `cloister up --ephemeral` can be reset. Nothing was changed.');
  }
  // A page in a browser of this machine can send an unsigned request, too, and says so by this header.
  if (headers.some(([name]) => name === 'origin')) return refused('A reset is not for pages in a browser. Nothing was changed.');
  try {
    await reset();
  } catch (error) {
    return answer(500, JSON.stringify({ status: 'failed', message: error instanceof Error ? error.message : String(error) }));
  }
  return answer(200, done);
}
