import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layout } from '../../../src/daemon/layout.ts';
import { present } from '../../../src/stdx/assert.ts';
import { basicAuth, ImageRegistry } from '../../fixtures/image-registry.ts';
import type { BedJob } from './bed-job.ts';
import { instances, trainingJob, trainingState } from './training.ts';

/** A program that needs nothing but the kernel, on every machine with glibc. */
const staticProgram = '/sbin/ldconfig';
/** After which a registry that was slow goes on. */
const slowMs = 2_000;

/** A registry that sends half a layer when it is first asked for one, and the operator's file of credentials for it. */
export class HaltingRegistry {
  readonly registry: ImageRegistry;
  readonly #folder = mkdtempSync(join(tmpdir(), 'cloister-crash-registry-'));
  readonly #asked = new Set<string>();

  private constructor(registry: ImageRegistry) {
    this.registry = registry;
    registry.sendLayer = (response, bytes, name) => this.#send(response, bytes, name);
    writeFileSync(this.#authFile, JSON.stringify({ auths: { [registry.host]: { auth: basicAuth } } }));
  }

  static async open(): Promise<HaltingRegistry> {
    return new HaltingRegistry(await ImageRegistry.open());
  }

  /** Of the daemons' command line. */
  get parameters(): readonly string[] {
    return ['--registry', `http://${this.registry.host}`, '--registry-auth', this.#authFile];
  }

  get #authFile(): string {
    return join(this.#folder, 'auth.json');
  }

  async close(): Promise<void> {
    await this.registry.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The other half comes after a while where the daemon lives on meanwhile, never from one that fails, and else when it is asked for again. */
  #send(response: ServerResponse, bytes: Buffer, name: string): void {
    const isFirst = !this.#asked.has(name);
    this.#asked.add(name);
    const isFailing = name.endsWith('-fails');
    const isSlow = /-(?:agent|repeats)$/u.test(name);
    if (!isFailing && !isFirst) return void response.end(bytes);
    const half = bytes.length >> 1;
    response.write(bytes.subarray(0, half));
    if (isFailing) response.destroy();
    else if (isSlow) setTimeout(() => response.end(bytes.subarray(half)), slowMs);
  }
}

/** Its image is of a registry, with layers of its own. */
export const pulled: BedJob = {
  async create(bed, name, _kind, network) {
    const registry = registryOf(bed);
    registry.put(`crash/${name}:1`, staticProgram, ['/bin/say', '--version'], name);
    const job = trainingJob(name, network);
    await bed.lab.createJob({ ...job, AlgorithmSpecification: { TrainingImage: imageOf(registry, name), TrainingInputMode: 'File' } });
  },
  state: async ({ lab }, name) => await trainingState(lab, name),

  async faultsOfRun({ lab }, name) {
    const heard = await Promise.all(instances.map(async (host) => (await lab.logLines(name, host))[0] ?? ''));
    return heard.filter((line) => !line.startsWith('ldconfig ')).map((line) => `an instance said ${line}`);
  },

  /** The image stays, whole, for the next job of it; here it is removed. What let the daemon have it is nowhere. */
  async watch(bed, name) {
    return await Promise.resolve(async () => {
      const said = await bed.daemon.cloister('image', 'remove', imageOf(registryOf(bed), name)).then(
        () => '',
        (error: unknown) => String(error),
      );
      const isThere = said === '';
      const wrong = isThere === name.endsWith('-fails') ? [isThere ? 'half an image is there' : `the image is not there: ${said}`] : [];
      return [...wrong, ...filesWithCredentials(bed.daemon.dataDirectory).map((path) => `holds the credentials: ${path}`)];
    });
  },
};

const registryOf = ({ registry }: { readonly registry: HaltingRegistry | undefined }): ImageRegistry =>
  present(registry, 'a bed for such jobs has a registry').registry;
const imageOf = ({ host }: ImageRegistry, name: string): string => `${host}/crash/${name}:1`;

function filesWithCredentials(dataDirectory: string): string[] {
  try {
    const places = [dataDirectory, layout(dataDirectory).containersRun];
    return execFileSync('grep', ['--recursive', '--files-with-matches', '--fixed-strings', '--no-messages', basicAuth, ...places], {
      encoding: 'utf8',
    })
      .split('\n')
      .filter((path) => path !== '');
  } catch {
    // It found none.
    return [];
  }
}
