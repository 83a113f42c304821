import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeAbandoned } from '../../process/abandoned.ts';
import { run } from '../../process/process.ts';
import { agentPaths, codeParameters } from './agent-sandbox.ts';
import type { AgentProgram } from './agent-program.ts';

const compileMs = 60_000;
const unfinishedPrefix = 'unfinished-';
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/**
 * Where the compiled code of this agent is kept: another folder for another Node or another agent. Node compares every
 * file's content itself, so a folder that is out of date costs time and nothing else.
 */
function folderOf({ code, main, modules, packageFile }: AgentProgram, cache: string): string {
  const sources = readdirSync(dirname(join(code, main)))
    .toSorted()
    .map((name) => join(code, dirname(main), name));
  const described = [packageFile, join(modules, '@aws-sdk/client-s3/package.json'), ...sources].map((path) => {
    const { size, mtimeMs } = statSync(path);
    return `${path} ${size} ${mtimeMs}`;
  });
  return join(cache, `${hashOf(code)}-${hashOf([process.version, ...described].join('\n'))}`);
}

/**
 * Compiles what an agent loads, once per installation: loading takes an agent half of its time. Returns the folder, which
 * agents see read-only: what one could write there, the others would run.
 */
export async function compileAgent(program: AgentProgram, cache: string): Promise<string> {
  await mkdir(cache, { recursive: true, mode: 0o755 });
  const folder = folderOf(program, cache);
  const name = folder.slice(cache.length + 1);
  const known = await readdir(cache);
  if (known.includes(name)) return folder;
  await removeAbandoned(cache, unfinishedPrefix);
  const unfinished = await mkdtemp(join(cache, unfinishedPrefix));
  try {
    // Without settings the agent loads everything and ends; Node writes what it compiled when it ends.
    await run(
      [
        'bwrap',
        '--unshare-all',
        '--as-pid-1',
        '--new-session',
        '--clearenv',
        ...codeParameters(program),
        '--bind',
        unfinished,
        agentPaths.compiled,
        '--chdir',
        '/',
        '--',
        '/usr/bin/node',
        '--disable-warning=ExperimentalWarning',
        `${agentPaths.code}/${program.main}`,
      ],
      { timeoutMs: compileMs },
    );
    // Agents read it as users of their own.
    await chmod(unfinished, 0o755);
    for (const path of await readdir(unfinished, { recursive: true })) {
      const isFolder = (await stat(join(unfinished, path))).isDirectory();
      await chmod(join(unfinished, path), isFolder ? 0o755 : 0o644);
    }
    // Another daemon may have been first.
    await rename(unfinished, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  const [installation = ''] = name.split('-');
  for (const old of known) if (old.startsWith(`${installation}-`)) await rm(join(cache, old), { recursive: true, force: true });
  return folder;
}
