import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { sleep } from '../../stdx/deadline.ts';
import { Api } from '../api.ts';
import { readRunningDaemon } from '../daemon-file.ts';
import type { Terminal } from '../terminal.ts';

interface Image {
  readonly name: string;
  readonly imageId: string;
  readonly sizeBytes: number;
  readonly createdAt: string;
}

interface Work {
  readonly workId: string;
  readonly steps: readonly string[];
  readonly state: 'running' | 'done' | 'failed';
  readonly message?: string;
}

export interface ImageOptions {
  readonly data: string;
}

const path = '/_cloister/images';
const pollMs = 250;
/** Longer than anything that the daemon itself allows. */
const workDeadlineMs = 90 * 60_000;
/** The images that packages of the distribution make, by the names they may be asked for. */
const made: Readonly<Record<string, string>> = {
  python: 'cloister/python',
  pytorch: 'cloister/pytorch',
  compiler: 'cloister/compiler',
};

/** `python`, `pytorch` or `compiler`, or a folder with a Containerfile. */
export async function imageBuild(
  terminal: Terminal,
  what: string,
  options: ImageOptions & { readonly name?: string; readonly anew: boolean },
): Promise<void> {
  const api = new Api(readRunningDaemon(options.data));
  const packaged = Object.hasOwn(made, what) ? made[what] : Object.values(made).find((name) => name === what);
  if (packaged !== undefined) {
    await makeImage(terminal, api, { name: packaged, anew: options.anew });
    return terminal.done(`${packaged} is here`);
  }
  const folder = resolve(what);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(`there is no folder ${folder}; without one, cloister image build makes ${Object.keys(made).join(', ')}`);
  }
  const name = options.name ?? basename(folder).toLowerCase();
  await follow(terminal, api, `build?${new URLSearchParams({ name, folder }).toString()}`);
  terminal.done(`${name} is here: TrainingImage=${name}`);
}

/** Of packages of the distribution, by its whole name. */
export async function makeImage(terminal: Terminal, api: Api, { name, anew }: { readonly name: string; readonly anew: boolean }): Promise<void> {
  await follow(terminal, api, `make?${new URLSearchParams({ name, anew: String(anew) }).toString()}`);
}

/** An archive that `docker save` or `podman save` wrote. */
export async function imageLoad(terminal: Terminal, file: string, options: ImageOptions): Promise<void> {
  const api = new Api(readRunningDaemon(options.data));
  await follow(terminal, api, `load?${new URLSearchParams({ file: resolve(file) }).toString()}`);
  terminal.done('loaded');
}

/** From a registry, with the credentials that the daemon was given: this command has none. */
export async function imagePull(terminal: Terminal, name: string, options: ImageOptions): Promise<void> {
  const api = new Api(readRunningDaemon(options.data));
  await follow(terminal, api, `pull?${new URLSearchParams({ name }).toString()}`);
  terminal.done(`${name} is here: TrainingImage=${name}`);
}

export async function imageList(terminal: Terminal, options: ImageOptions & { readonly json: boolean }): Promise<void> {
  const { images } = (await new Api(readRunningDaemon(options.data)).operator(path)) as { readonly images: readonly Image[] };
  if (options.json) return terminal.line(JSON.stringify(images, undefined, 2));
  const rows = images.map(({ name, imageId, sizeBytes, createdAt }) => [name, imageId.slice(0, 12), `${Math.round(sizeBytes / 1e6)} MB`, createdAt]);
  terminal.table(['image', 'id', 'size', 'made'], rows);
}

export async function imageRemove(terminal: Terminal, name: string, options: ImageOptions): Promise<void> {
  await new Api(readRunningDaemon(options.data)).operator(`${path}?${new URLSearchParams({ name }).toString()}`, 'DELETE');
  terminal.done(`${name} is removed`);
}

/** Begins a work of the daemon and prints its steps until it ended. Throws what it failed with. */
async function follow(terminal: Terminal, api: Api, work: string): Promise<void> {
  const { workId } = (await api.operator(`${path}/${work}`, 'POST')) as Work;
  let printed = 0;
  for (let waitedMs = 0; waitedMs < workDeadlineMs; waitedMs += pollMs) {
    const { steps, state, message } = (await api.operator(`${path}/works/${workId}`)) as Work;
    for (const step of steps.slice(printed)) terminal.note(step);
    printed = steps.length;
    if (state === 'failed') throw new Error(message);
    if (state === 'done') return;
    await sleep(pollMs);
  }
  throw new Error(`the image was not made within ${workDeadlineMs / 60_000} minutes`);
}
