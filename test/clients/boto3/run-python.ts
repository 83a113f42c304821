import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { DaemonProcess } from '../daemon-process.ts';

const scriptMs = 100_000;
const errorCharactersMax = 5_000;

/** Runs a program that finds boto3: `input` is its standard input, and what it prints is JSON. */
export async function runPython(daemon: DaemonProcess, script: string, input: unknown, timeoutMs = scriptMs): Promise<unknown> {
  // Set up by tools/clients.ts; without it these tests fail.
  const child = spawn(resolve('.venv/bin/python'), [script], {
    env: daemon.environment({ AWS_CA_BUNDLE: daemon.certificateAuthority, PYTHONDONTWRITEBYTECODE: '1' }),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  child.stdin.end(JSON.stringify(input));
  return await readAnswer(child, script);
}

/** The last line that a program printed, as JSON, once it has ended well. Libraries print there, too. */
export async function readAnswer(child: ChildProcessByStdio<Writable, Readable, Readable>, script: string): Promise<unknown> {
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [[code], answer, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${errors.slice(-errorCharactersMax)}`);
  try {
    return JSON.parse(answer.trimEnd().split('\n').at(-1) ?? '');
  } catch (error) {
    throw new Error(`${script} printed no JSON: ${answer.slice(-errorCharactersMax)}`, { cause: error });
  }
}
