import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import type { DaemonProcess } from '../daemon-process.ts';

const scriptMs = 100_000;

/** Runs a program that finds boto3: `input` is its standard input, and what it prints is JSON. */
export async function runPython(daemon: DaemonProcess, script: string, input: unknown, timeoutMs = scriptMs): Promise<unknown> {
  // Set up by tools/clients.ts; without it these tests fail.
  const child = spawn(resolve('.venv/bin/python'), [script], {
    env: daemon.environment({ AWS_CA_BUNDLE: daemon.certificateAuthority, PYTHONDONTWRITEBYTECODE: '1' }),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const failed = Promise.withResolvers<never>();
  child.once('error', failed.reject);
  child.once('close', (code) => code !== 0 && failed.reject(new Error(`${script} ended with ${code}: ${errors}`)));
  child.stdin.end(JSON.stringify(input));
  return await Promise.race([json(child.stdout).catch(async () => await failed.promise), failed.promise]);
}
