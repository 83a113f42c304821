import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { present } from '../../../stdx/assert.ts';

/** What the agent's sandbox needs to see of this installation. */
export interface AgentProgram {
  readonly node: string;
  /** The tree that holds our code: `src` of the checkout, `dist` of the package. */
  readonly code: string;
  /** The agent's main file, below `code`. */
  readonly main: string;
  readonly modules: string;
}

/** The nearest folder of this name above a path. */
function above(path: string, name: string): string | undefined {
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) if (folder.endsWith(`/${name}`)) return folder;
  return undefined;
}

/** Finds the agent beside this file, and its modules wherever the package manager put them. */
export function findAgentProgram(): AgentProgram {
  const here = fileURLToPath(import.meta.url);
  const code = join(dirname(here), '../../..');
  const main = ['agent.ts', 'agent.js'].map((name) => join(code, 'instance', name)).find((path) => existsSync(path));
  const client = realpathSync(createRequire(here).resolve('@aws-sdk/client-s3'));
  return {
    node: realpathSync(process.execPath),
    code: realpathSync(code),
    main: relative(code, present(main, 'the agent is part of the installation')),
    modules: present(above(client, 'node_modules'), 'the S3 client is in a folder named node_modules'),
  };
}
