import { run } from '../../process/process.ts';

/** A root directory of this machine, and what ends the work in it. */
export interface Tree {
  readonly root: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program with a tree as its root directory. */
export async function inTree(
  tree: Tree,
  mounts: readonly string[],
  variables: Readonly<Record<string, string>>,
  argv: readonly string[],
  timeoutMs: number,
): Promise<void> {
  const root = ['--bind', tree.root, '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--die-with-parent'];
  const own = { HOME: '/root', LC_ALL: 'C.UTF-8', PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin', PYTHONDONTWRITEBYTECODE: '1', ...variables };
  await run(['bwrap', ...root, ...mounts, '--', ...argv], { environment: own, timeoutMs, ...(tree.signal && { signal: tree.signal }) });
}
