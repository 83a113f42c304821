import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { execFile, spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { programs, type Version } from './aws-cli/aws-cli.ts';
import { makeDataDirectory, purge } from './data-directory.ts';

const scriptMs = 110_000;

/** The commands of a text, as they stand there. What is fenced shows what they print. */
export function commandsIn(markdown: string): string {
  const unfenced = markdown.replaceAll(/^```.*?^```$/gmsu, '');
  const lines = unfenced.split('\n').filter((line) => line.startsWith('    '));
  return lines.map((line) => line.slice(4)).join('\n');
}

/** Runs commands in a shell, word for word, with one of the two CLIs, then ends the daemon that they started. Returns what they printed. */
export async function runAsUser(version: Version, commands: string, timeoutMs: number): Promise<string> {
  expectCurrentPackages();
  const data = makeDataDirectory();
  const imageStore = process.env['CLOISTER_IMAGE_STORE'];
  // What is not said here is as on the user's machine; what stops the shell at the first command that fails is ours.
  const env = {
    PATH: [dirname(resolve(programs[version])), dirname(process.execPath), process.env['PATH']].join(':'),
    HOME: data,
    CLOISTER_DATA: data,
    CLOISTER_PORT: '0',
    ...(imageStore === undefined ? {} : { CLOISTER_IMAGE_STORE: imageStore }),
  };
  try {
    const shell = spawn('bash', ['-euo', 'pipefail', '-c', commands], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
    let output = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    // Its output stays open: the daemon runs on.
    const [code, signal] = (await once(shell, 'exit')) as [number | null, NodeJS.Signals | null];
    if (code !== 0) throw new Error(`the commands ended with ${code ?? `${signal} after ${timeoutMs} ms`}:\n${output}`);
    const { stdout } = await promisify(execFile)('./cloister', ['down', '--purge'], { env });
    expect(stdout).toContain('stopped the daemon');
    expect(existsSync(data)).toBe(false);
    return output;
  } finally {
    await promisify(execFile)('./cloister', ['down'], { env }).catch(() => undefined);
    if (existsSync(data)) purge(data);
  }
}

/** Or `./cloister` would install them anew, under the feet of the test. */
function expectCurrentPackages(): void {
  const installed = statSync('node_modules/.package-lock.json').mtimeMs;
  expect(installed, 'npm packages are older than package-lock.json: run npm ci').toBeGreaterThan(statSync('package-lock.json').mtimeMs);
}

/** The commands of a section of README, without what its table says of commands. */
export function commandsOf(title: string): string {
  const section = new RegExp(`^## ${title}\\n(?<text>.*?)^(?:\\| command|## )`, 'msu').exec(readFileSync('README.md', 'utf8'));
  return commandsIn(section?.groups?.['text'] ?? '');
}

/** Runs README's "Use it" with one of the two CLIs. */
export function followsReadme(version: Version): void {
  it(`works word for word with the AWS CLI ${version}`, async () => {
    const output = await runAsUser(version, commandsOf('Use it'), scriptMs);
    expect(output).toMatch(/^Completed\b/mu);
    expect(output).toMatch(/\[9\]#011train-logloss:/u);
    expect(output).toMatch(/^xgboost-model$/mu);
    expect(output).toMatch(/"Arn": "arn:aws:iam::000000000000:root"/u);
  });
}
