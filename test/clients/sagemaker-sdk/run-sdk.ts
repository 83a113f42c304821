import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { readAnswer } from '../boto3/run-python.ts';
import type { DaemonProcess } from '../daemon-process.ts';

const runMs = 400_000;

/**
 * Runs a program with one of the SDK's versions, as a user does: `cloister env --dns -- python …`. Nothing tells the SDK of an
 * endpoint. `input` is its standard input, and what it prints is JSON.
 */
export async function runSdk(daemon: DaemonProcess, version: 'v2' | 'v3', script: string, input: unknown): Promise<unknown> {
  const python = resolve(`.venv/sagemaker-${version}/bin/python`);
  const cloister = ['--disable-warning=ExperimentalWarning', resolve('src/cli/main.ts'), 'env', '--dns', '--data', daemon.dataDirectory];
  const child = spawn(process.execPath, [...cloister, '--', python, resolve('test/clients/sagemaker-sdk', script)], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: daemon.dataDirectory,
      AWS_EC2_METADATA_DISABLED: 'true',
      PYTHONDONTWRITEBYTECODE: '1',
      SAGEMAKER_SUPPRESS_V2_WARNING: '1',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: runMs,
  });
  child.stdin.end(JSON.stringify(input));
  return await readAnswer(child, script);
}
