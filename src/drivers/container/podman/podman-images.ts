import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeAbandoned } from '../../process/abandoned.ts';
import { ProcessError } from '../../process/process.ts';
import { ImageNotPulled, type ImageStore, type PullOptions, type StoredImage } from '../image-store.ts';
import { pidsMaxDefault } from './create-parameters.ts';
import { hardOpenFiles } from './podman-capabilities.ts';
import { PodmanCommand, type PodmanStore } from './podman-command.ts';

/** Some gigabytes, written twice. */
const loadMs = 30 * 60_000;
/** Some gigabytes over a slow line. Less than after which what was fetched by halves is thrown away. */
const pullMs = 45 * 60_000;
/** What the steps of a build do is the user's. */
const buildMs = 60 * 60_000;

interface ListedImage {
  readonly Id: string;
  readonly Size: number;
  readonly Names?: readonly string[] | null;
  readonly CreatedAt: string;
}

/** Images by podman, in a store that containers are made from. Those of the shared store are seen, and never changed. */
export class PodmanImages implements ImageStore {
  readonly #podman: PodmanCommand;

  constructor(store: PodmanStore) {
    this.#podman = new PodmanCommand(store);
  }

  async list(): Promise<readonly StoredImage[]> {
    const listed = JSON.parse((await this.#podman.run(['images', '--format', 'json'])) || '[]') as readonly ListedImage[];
    const named = listed.flatMap(({ Id, Size, Names, CreatedAt }) =>
      (Names ?? []).map((name) => ({ name: shortName(name), imageId: Id, sizeBytes: Size, createdAt: CreatedAt })),
    );
    return named.toSorted((a, b) => a.name.localeCompare(b.name));
  }

  async load(file: string, signal: AbortSignal): Promise<readonly string[]> {
    const said = await this.#podman.run(['load', '--quiet', '--input', file], loadMs, signal);
    return [...said.matchAll(/^Loaded image(?:\(s\)|s)?: (?<names>.+)$/gmu)].flatMap(({ groups }) =>
      (groups?.['names'] ?? '').split(',').map(shortName),
    );
  }

  async forgetPulls(): Promise<void> {
    const { pullDirectory } = this.#podman;
    for (const name of await readdir(pullDirectory)) await rm(join(pullDirectory, name), { recursive: true, force: true });
  }

  async pull(name: string, { isPlain, authFile = this.#podman.noCredentials, signal }: PullOptions): Promise<void> {
    const parameters = ['pull', '--quiet', `--tls-verify=${String(!isPlain)}`, '--authfile', authFile, '--', name];
    await removeAbandoned(this.#podman.pullDirectory, '');
    try {
      await this.#podman.pull(parameters, pullMs, signal);
    } catch (error) {
      if (!(error instanceof ProcessError) || signal.aborted) throw error;
      throw new ImageNotPulled(pullWords(error.stderr), { cause: error });
    }
  }

  async build(name: string, folder: string, signal: AbortSignal): Promise<string> {
    const limits = ['--ulimit', `nofile=${hardOpenFiles()}:${hardOpenFiles()}`, '--ulimit', `nproc=${pidsMaxDefault}:${pidsMaxDefault}`];
    const alone = ['--pull=never', '--network', 'none', '--isolation', 'oci', '--http-proxy=false', '--no-hosts'];
    const whole = ['--layers=false', '--force-rm', '--tag', name];
    return await this.#podman.run(['build', ...alone, ...limits, ...whole, folder], buildMs, signal);
  }

  async remove(name: string): Promise<boolean> {
    try {
      await this.#podman.run(['image', 'rm', '--', name]);
      return true;
    } catch (error) {
      if (error instanceof ProcessError && /image not known|read-only/iu.test(error.stderr)) return false;
      throw error;
    }
  }
}

/** The line that says why, behind those of the tries before. */
function pullWords(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  return line.replace(/^Error: /u, '') || `it did not come within ${pullMs / 60_000} minutes`;
}

/** Podman's name for what is in no registry, as `TrainingImage` takes it. */
const shortName = (name: string): string =>
  name
    .trim()
    .replace(/^localhost\//u, '')
    .replace(/:latest$/u, '');
