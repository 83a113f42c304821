/** Runs in cloister/compiler: its own program, as a job starts it, on every model of a folder; and what came of each. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CaseFolder {
  readonly framework: string;
  readonly target: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface CaseEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Of the error file. */
  readonly error: string | undefined;
  readonly compiled: readonly string[];
  /** What is left in the folder for temporary files. */
  readonly left: readonly string[];
  readonly said: string;
  /** Some name of a model was run by a shell. */
  readonly isOwned: boolean;
}

const [folder = ''] = process.argv.slice(2);
for (const name of readdirSync(folder)) {
  const at = (path: string): string => join(folder, name, path);
  const { framework, target, environment } = JSON.parse(readFileSync(at('case.json'), 'utf8')) as CaseFolder;
  for (const path of ['compiled', 'temporary']) mkdirSync(at(path));
  const own = {
    CLOISTER_NEO_FRAMEWORK: framework,
    CLOISTER_NEO_TARGET: target,
    SM_NEO_INPUT_MODEL_DIR: at('input'),
    SM_NEO_COMPILED_MODEL_DIR: at('compiled'),
    SM_NEO_COMPILATION_ERROR_FILE: at('errors.json'),
    TMPDIR: at('temporary'),
  };
  const argv = ['--disable-warning=ExperimentalWarning', '/opt/program/main.ts'];
  const { status, signal, stdout, stderr } = spawnSync('/usr/bin/node', argv, { env: { PATH: '/usr/bin', ...own, ...environment } });
  const end: CaseEnd = {
    exitCode: status,
    signal,
    error: existsSync(at('errors.json')) ? (JSON.parse(readFileSync(at('errors.json'), 'utf8')) as { error: string }).error : undefined,
    compiled: readdirSync(at('compiled')).toSorted(),
    left: readdirSync(at('temporary')),
    isOwned: existsSync('/tmp/owned'),
    said: `${stdout.toString()}${stderr.toString()}`.slice(0, 4_000),
  };
  writeFileSync(at('end.json'), JSON.stringify(end));
}
