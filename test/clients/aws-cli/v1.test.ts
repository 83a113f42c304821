import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsCli } from './aws-cli.ts';
import { goDemoPath } from './demo-path.ts';

const cli = new AwsCli('v1');
beforeAll(async () => await cli.open());
afterAll(async () => await cli.close());

it('is version 1', async () => {
  const { stdout, stderr } = await cli.attempt(['--version']);
  expect(`${stdout}${stderr}`).toMatch(/^aws-cli\/1\./u);
});

goDemoPath(cli, { checksum: { member: 'ChecksumCRC32', value: /-2$/u }, refusedCode: 255 });
