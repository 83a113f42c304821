import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { arch } from 'node:process';
import { buffer } from 'node:stream/consumers';
import { flagsOf, type Target } from './targets.ts';

/** Names of Node for the processors of triples, and the program that runs theirs on others. */
const processors: Readonly<Record<string, { readonly arch: NodeJS.Architecture; readonly emulator: string }>> = {
  x86_64: { arch: 'x64', emulator: 'qemu-x86_64-static' },
  aarch64: { arch: 'arm64', emulator: 'qemu-aarch64-static' },
};

export interface Rows {
  readonly rows: Float32Array;
  readonly count: number;
  readonly features: number;
  /** How many rows the code gets in one call: all, unless said otherwise. */
  readonly atOnce?: number;
}

/** How many numbers each row has comes first. */
const widthBytes = 8;

/** What a compiled forest says of rows, run by `runner` in a process of its own. Undefined where this machine cannot run the target's programs. */
export async function runArtefact(
  { runner, library, target }: { readonly runner: string; readonly library: string; readonly target: Target },
  given: Rows,
  signal: AbortSignal,
): Promise<Float32Array | undefined> {
  const processor = processors[target.triple.split('-')[0] ?? ''];
  const flags = processor?.arch === 'x64' ? flagsOf(target) : [];
  if (processor?.arch === arch ? !hasFlags(flags) : flags.some((flag) => !isEmulated(flag))) return undefined;
  const command = processor?.arch === arch ? [runner, library] : [processor?.emulator ?? '', '-cpu', 'max', runner, library];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], signal });
  try {
    await once(child, 'spawn');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  child.stdin.on('error', () => undefined);
  child.stdin.end(Buffer.concat(requests(given)));
  const [out, said, [code, killedBy]] = await Promise.all([
    buffer(child.stdout),
    buffer(child.stderr),
    once(child, 'close') as Promise<[number | null, string | null]>,
  ]);
  if (code !== 0) throw new Error(`the compiled model ended with ${code ?? killedBy}: ${said.toString()}`);
  return answersOf(out, given);
}

function requests({ rows, count, features, atOnce = count }: Rows): Buffer[] {
  return starts(count, atOnce).flatMap((first) => {
    const here = rows.subarray(first * features, Math.min(first + atOnce, count) * features);
    const head = BigInt64Array.of(BigInt(Math.min(atOnce, count - first)), BigInt(features), 1n);
    return [Buffer.from(head.buffer), Buffer.from(here.buffer, here.byteOffset, here.byteLength)];
  });
}

/** Without how many numbers each row has, which stands before each answer. */
function answersOf(out: Buffer, { count, atOnce = count }: Rows): Float32Array {
  const width = out.length < widthBytes ? 0 : Number(out.readBigInt64LE());
  const bytes = (rows: number): number => rows * width * Float32Array.BYTES_PER_ELEMENT;
  const answers = starts(count, atOnce).map((first, index) => {
    const from = (index + 1) * widthBytes + bytes(first);
    return out.subarray(from, from + bytes(Math.min(atOnce, count - first)));
  });
  return new Float32Array(Uint8Array.from(Buffer.concat(answers)).buffer);
}

const starts = (count: number, atOnce: number): number[] => Array.from({ length: Math.ceil(count / atOnce) }, (_, index) => index * atOnce);

/** By Debian 12's qemu with all that it has. */
const isEmulated = (flag: string): boolean => !flag.startsWith('avx512');

/** Whether this machine's processor has them, by `/proc/cpuinfo`. */
export function hasFlags(wanted: readonly string[]): boolean {
  const flags = new Set(/^flags\s*:(?<flags>.*)$/mu.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.groups?.['flags']?.trim().split(' '));
  return wanted.every((flag) => flags.has(flag));
}
