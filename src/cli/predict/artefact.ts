import { chmodSync, constants, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arch } from 'node:process';
import { ArtefactRunner } from '../../drivers/process/artefact-runner.ts';
import { printable } from '../../stdx/printable.ts';
import { filesOf } from './archive.ts';

/** A compiled model that runs on this machine. */
export interface Artefact {
  readonly features: number;
  readonly target: string;
  readonly runner: ArtefactRunner;
  readonly close: () => Promise<void>;
}

/** Processors by ELF's number: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const processors: Readonly<Record<number, { readonly arch: NodeJS.Architecture; readonly emulator: string }>> = {
  62: { arch: 'x64', emulator: 'qemu-x86_64-static' },
  183: { arch: 'arm64', emulator: 'qemu-aarch64-static' },
};
const machinePlace = 18;
const elfMark = 0x464c_457f;
const featuresMax = 1_000_000;
const archiveBytesMax = 2 ** 30;

/** It was compiled for a processor that nothing here is like. */
export class ForeignArtefact extends Error {
  override readonly name = 'ForeignArtefact';
}

/** Unpacks what `cloister/compiler` left into a folder that only its own runner sees, and starts that. Throws in one line what is wrong. */
export function openArtefact(path: string): Artefact {
  try {
    return open(path);
  } catch (error) {
    const Kind = error instanceof ForeignArtefact ? ForeignArtefact : Error;
    throw new Kind(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

function open(path: string): Artefact {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file?.isFile() !== true) throw new Error('there is no such file');
  if (file.size > archiveBytesMax) throw new Error(`it has more than ${archiveBytesMax / 2 ** 20} MiB`);
  const files = filesOf(readFileSync(path), ['compiled.so', 'compiled.params', 'compiled.meta', 'manifest', 'runner']);
  const [library, runner] = [files.get('compiled.so'), files.get('runner')];
  if (library === undefined) throw new Error('it holds no compiled model');
  if (runner === undefined) throw new Error("it holds no runner: it is not the archive of a job that a compiler of Cloister's own ran");
  const { target, features } = described(files);
  const emulator = emulatorFor(runner, target);
  const folder = mkdtempSync(join(tmpdir(), 'cloister-predict-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'compiled.so'), library, { mode: 0o444 });
    const params = files.get('compiled.params');
    if (params !== undefined) writeFileSync(join(folder, 'compiled.params'), params, { mode: 0o444 });
    writeFileSync(join(folder, 'runner'), runner, { mode: 0o555 });
    if (emulator !== undefined) copyFileSync(emulator, join(folder, 'emulator'), constants.COPYFILE_FICLONE);
    const own = ['/runner', '/compiled.so'] as const;
    const emulated = emulator !== undefined;
    const started = new ArtefactRunner({ folder, argv: emulated ? ['/emulator', '-cpu', 'max', ...own] : own, emulated });
    const close = async (): Promise<void> => {
      await started.close();
      remove();
    };
    return { features, target, runner: started, close };
  } catch (error) {
    remove();
    throw error;
  }
}

/** What its compiler said of it. */
function described(files: ReadonlyMap<string, Buffer>): { readonly target: string; readonly features: number } {
  const { target } = parsed<{ target?: unknown }>(files, 'manifest');
  const { Model: model } = parsed<{ Model?: { Inputs?: readonly { shape?: readonly unknown[] }[] } }>(files, 'compiled.meta');
  const features = rowOf(model?.Inputs ?? []);
  if (typeof target !== 'string') throw new Error('its manifest names no target');
  if (typeof features !== 'number' || !Number.isSafeInteger(features) || features < 0 || features > featuresMax)
    throw new Error('compiled.meta does not say how many numbers a row has');
  return { target, features };
}

/** How many numbers all inputs have, one after the other; of a forest's, whose extent is -1, in one row. Undefined where shapes are none. */
function rowOf(inputs: readonly { readonly shape?: readonly unknown[] }[]): number | undefined {
  const sizes = inputs.map(({ shape = [] }) =>
    shape.reduce<number>((size, extent) => (extent === -1 ? size : size * (typeof extent === 'number' ? extent : NaN)), 1),
  );
  return sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size, 0);
}

function parsed<T>(files: ReadonlyMap<string, Buffer>, name: string): T {
  try {
    const value: unknown = JSON.parse(files.get(name)?.toString() ?? '');
    if (typeof value === 'object' && value !== null) return value as T;
  } catch {
    // Told below.
  }
  throw new Error(`its ${name} is missing or no JSON`);
}

/** Undefined when this processor runs the program itself. */
function emulatorFor(program: Buffer, target: string): string | undefined {
  const isElf = program.length > machinePlace + 2 && program.readUInt32LE() === elfMark;
  const processor = isElf ? processors[program.readUInt16LE(machinePlace)] : undefined;
  if (processor?.arch === arch) return undefined;
  const found = ['/usr/bin', '/usr/local/bin'].map((folder) => join(folder, processor?.emulator ?? 'none')).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new ForeignArtefact(
    `it was compiled for ${printable(target)}, and this machine is ${arch}${processor === undefined ? '' : `: ${processor.emulator} (Debian: qemu-user-static) would run it`}`,
  );
}
