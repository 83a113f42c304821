import { readdir, stat } from 'node:fs/promises';
import { sleep } from '../../stdx/deadline.ts';

/** After SIGKILL a process is gone soon, unless the kernel itself waits for something. */
const [roundMs, roundsMax] = [20, 250];

/** Ends, by SIGKILL, every process that lives in a network namespace, and those that they make meanwhile. Rejects when some stay. */
export async function endMembers(namespacePath: string): Promise<void> {
  for (let round = 0; round < roundsMax; round += 1) {
    const members = await membersOf(namespacePath);
    if (members.length === 0) return;
    for (const pid of members) kill(pid);
    await sleep(roundMs);
  }
  throw new Error(`processes in ${namespacePath} do not end`);
}

/** A worker thread may be in it for a moment to open a socket; the process that it belongs to is not. */
async function membersOf(namespacePath: string): Promise<number[]> {
  const wanted = await identityOf(namespacePath);
  if (wanted === undefined) return [];
  const members: number[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (Number.isInteger(pid) && pid !== process.pid && (await identityOf(`/proc/${name}/ns/net`)) === wanted) members.push(pid);
  }
  return members;
}

/** Undefined when it is not there, or its process has just ended. */
async function identityOf(path: string): Promise<string | undefined> {
  return await stat(path).then(
    ({ dev, ino }) => `${dev} ${ino}`,
    () => undefined,
  );
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
