import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { programs } from './aws-cli/aws-cli.ts';
import { makeDataDirectory, purge } from './data-directory.ts';

const execute = promisify(execFile);
const scriptMs = 280_000;

it('the example of a public and a private subnet does what it says, and leaves nothing', { timeout: 300_000 }, async () => {
  const data = makeDataDirectory();
  const env = {
    PATH: [dirname(resolve(programs['v1'])), dirname(process.execPath), process.env['PATH']].join(':'),
    HOME: data,
    CLOISTER_DATA: data,
    CLOISTER_PORT: '0',
    ...(process.env['CLOISTER_IMAGE_STORE'] === undefined ? {} : { CLOISTER_IMAGE_STORE: process.env['CLOISTER_IMAGE_STORE'] }),
  };
  try {
    const script =
      './cloister up >"$HOME/up.log" 2>&1 & eval "$(./cloister env --wait)"; examples/public-and-private/run.sh; aws ec2 describe-vpcs --query "length(Vpcs)" --output text';
    const { stdout } = await execute('bash', ['-euo', 'pipefail', '-c', script], { env, timeout: scriptMs });
    expect(stdout).toMatch(/^in-private\tCompleted\tNone$/mu);
    expect(stdout).toMatch(/ model\.tar\.gz$/mu);
    expect(stdout).toMatch(/^in-public\tFailed\tClientError: .* has no public address, and igw-[0-9a-f]{17} passes only those that have one\./mu);
    expect(stdout).toMatch(/^0$/mu);
    expect((await execute('./cloister', ['down', '--purge'], { env })).stdout).toContain('stopped the daemon');
    expect(existsSync(data)).toBe(false);
  } finally {
    await execute('./cloister', ['down'], { env }).catch(() => undefined);
    if (existsSync(data)) purge(data);
  }
});
