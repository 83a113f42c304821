import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsCli } from './aws-cli.ts';
import * as demo from '../demo-path.ts';
import { goDemoPath } from './demo-path.ts';

const cli = new AwsCli('v2');
beforeAll(async () => await cli.open());
afterAll(async () => await cli.close());

it('is version 2', async () => {
  const { stdout, stderr } = await cli.attempt(['--version']);
  expect(`${stdout}${stderr}`).toMatch(/^aws-cli\/2\./u);
});

goDemoPath(cli, { checksum: { member: 'ChecksumCRC64NVME', value: /^[A-Za-z0-9+/]{11}=$/u }, refusedCode: 254 });

/** What version 2 alone has. */

it.each(['crt', 'classic'])('moves large objects by its %s client', async (transferClient) => {
  const config = join(cli.folder, transferClient);
  writeFileSync(config, `[default]\ns3 =\n  preferred_transfer_client = ${transferClient}\n`);
  const [file, object] = [join(cli.folder, `large-${transferClient}`), `s3://${demo.bucket}/${transferClient}`];
  writeFileSync(file, demo.largeBody());
  // Fewer attempts than two are not for the one client.
  const extra = { AWS_CONFIG_FILE: config, AWS_MAX_ATTEMPTS: '2' };
  expect(await cli.attempt(['s3', 'cp', '--no-progress', file, object], extra)).toMatchObject({ code: 0 });
  const back = await cli.attempt(['s3', 'cp', object, '-'], extra);
  expect([back.code, back.stderr, back.stdout === demo.largeBody().toString()]).toEqual([0, '', true]);
  const away = await cli.attempt(['s3', 'cp', `${object}-nothing`, '-'], extra);
  expect([away.code, away.stderr]).toEqual([1, expect.stringMatching(/\(404\).*Not Found/u)]);
});

const printed = async (words: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<string> => {
  const { code, stdout, stderr } = await cli.attempt(words, extra);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
};

it('tails the log of a job', async () => {
  const tail = ['logs', 'tail', demo.logGroupName, '--log-stream-name-prefix', 'with-endpoint/', '--since', '1h', '--format', 'short'];
  const lines = (await printed(tail)).trimEnd().split('\n');
  expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+ \[cloister-gbt\] hosts=1 /u);
  expect(lines.at(-1)).toMatch(/\[cloister-gbt\] algo-1 done in /u);
});

it('prints YAML, through a pager of its own choice or none, and asks for nothing', async () => {
  const names = ['sagemaker', 'list-training-jobs', '--sort-by', 'CreationTime', '--sort-order', 'Ascending'];
  const query = ['--query', 'TrainingJobSummaries[].TrainingJobName'];
  const [plain, paged, stream] = await Promise.all([
    printed([...names, ...query, '--output', 'yaml', '--no-cli-pager'], { AWS_CLI_AUTO_PROMPT: 'off' }),
    printed([...names, ...query, '--output', 'yaml', '--no-cli-auto-prompt'], { AWS_PAGER: 'cat' }),
    printed([...names, '--page-size', '1', '--output', 'yaml-stream']),
  ]);
  expect(plain).toBe('- no-endpoint\n- with-endpoint\n- endless\n');
  expect(paged).toBe(plain);
  // One document for each page.
  expect([stream.match(/^- /gmu)?.length, stream.match(/TrainingJobName:/gu)?.length]).toEqual([3, 3]);
});

it('exports its credentials, and finds an endpoint for each service', async () => {
  const { accessKeyId, secretAccessKey } = cli.daemon.credentials;
  const nowhere = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
  const whoAmI = ['sts', 'get-caller-identity', '--query', 'Account', '--output', 'text'];
  const [exported, ofService, byOption] = await Promise.all([
    printed(['configure', 'export-credentials', '--format', 'env-no-export']),
    printed(whoAmI, { ...nowhere, AWS_ENDPOINT_URL_STS: cli.daemon.endpoint }),
    printed([...whoAmI, '--endpoint-url', cli.daemon.endpoint], nowhere),
  ]);
  expect(exported).toBe(`AWS_ACCESS_KEY_ID=${accessKeyId}\nAWS_SECRET_ACCESS_KEY=${secretAccessKey}\n`);
  expect([ofService, byOption]).toEqual(['000000000000\n', '000000000000\n']);
  expect((await cli.attempt(whoAmI, nowhere)).code).toBe(255);
});
