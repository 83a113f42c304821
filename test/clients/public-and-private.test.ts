import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandsIn, runAsUser } from './readme.ts';

/** About fifty commands of the AWS CLI, each of which takes long to start where many tests run. */
const scriptMs = 280_000;

it('the example of a public and a private subnet does what it says, and leaves nothing', { timeout: 300_000 }, async () => {
  const commands = commandsIn(readFileSync('examples/public-and-private/README.md', 'utf8'));
  const output = await runAsUser('v1', `${commands}\naws ec2 describe-vpcs --query 'length(Vpcs)' --output text`, scriptMs);
  expect(output).toMatch(/^in-private\tCompleted\tNone$/mu);
  expect(output).toMatch(/ model\.tar\.gz$/mu);
  expect(output).toMatch(/^in-public\tFailed\tClientError: .* has no public address, and igw-[0-9a-f]{17} passes only those that have one\./mu);
  expect(output).toMatch(/^0$/mu);
});
