import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { execFile, spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { programs, type Version } from './aws-cli/aws-cli.ts';
import { makeDataDirectory, purge } from './data-directory.ts';

const scriptMs = 110_000;

/** The commands of README's "Use it", as they stand there. */
function useIt(): string {
  const section = /^## Use it\n(?<text>.*?)^\| command/msu.exec(readFileSync('README.md', 'utf8'))?.groups?.['text'] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('    '));
  return lines.map((line) => line.slice(4)).join('\n');
}

/** Runs README's "Use it" in a shell, word for word, with one of the two CLIs. */
export function followsReadme(version: Version): void {
  it(`works word for word with the AWS CLI ${version}`, async () => {
    const data = makeDataDirectory();
    // What is not said here is as on the user's machine; what stops the shell at the first command that fails is ours.
    const env = {
      PATH: [dirname(resolve(programs[version])), dirname(process.execPath), process.env['PATH']].join(':'),
      HOME: data,
      CLOISTER_DATA: data,
      CLOISTER_PORT: '0',
    };
    try {
      const shell = spawn('bash', ['-euo', 'pipefail', '-c', useIt()], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: scriptMs });
      let output = '';
      for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      // Its output stays open: the daemon runs on.
      const [code] = (await once(shell, 'exit')) as [number | null];
      expect([code, output]).toEqual([0, expect.stringMatching(/^Completed\b/mu)]);
      expect(output).toMatch(/\[9\]#011train-logloss:/u);
      expect(output).toMatch(/^xgboost-model$/mu);
      const { stdout } = await promisify(execFile)('./cloister', ['down', '--purge'], { env });
      expect(stdout).toContain('stopped the daemon');
      expect(existsSync(data)).toBe(false);
    } finally {
      await promisify(execFile)('./cloister', ['down'], { env }).catch(() => undefined);
      if (existsSync(data)) purge(data);
    }
  });
}
