import { ImageNotPulled, type ImageStore } from '../../drivers/container/image-store.ts';
import { type Registry, registryOf } from '../../model/job/registries.ts';
import { abortable } from '../../stdx/deadline.ts';

/** Fetches images from the registries that the operator named, and from nowhere else. */
export class ImagePulls {
  readonly #store: Pick<ImageStore, 'pull' | 'forgetPulls'>;
  readonly #registries: readonly Registry[];
  readonly #authFile: string | undefined;
  readonly #ended = new AbortController();
  readonly #forgotten: Promise<void>;
  /** By name: fifty jobs of one image fetch it once. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(
    store: Pick<ImageStore, 'pull' | 'forgetPulls'>,
    { registries, registryAuthFile }: { readonly registries: readonly Registry[]; readonly registryAuthFile?: string },
  ) {
    this.#store = store;
    this.#registries = registries;
    this.#authFile = registryAuthFile;
    this.#forgotten = store.forgetPulls();
    // Whoever pulls is told.
    this.#forgotten.catch(() => undefined);
  }

  allows(image: string): boolean {
    return registryOf(image, this.#registries) !== undefined;
  }

  /** Returns when the image is in the store; throws `ImageNotPulled`. Who is aborted waits no longer: others may still want it. */
  async pull(image: string, signal: AbortSignal): Promise<void> {
    let underWay = this.#underWay.get(image);
    if (underWay === undefined) {
      underWay = this.#pull(image).finally(() => this.#underWay.delete(image));
      this.#underWay.set(image, underWay);
    }
    await abortable(underWay, signal);
  }

  /** Kills what is under way, and returns when it has let go of its files. */
  async stop(): Promise<void> {
    this.#ended.abort();
    await Promise.allSettled([this.#forgotten, ...this.#underWay.values()]);
  }

  async #pull(image: string): Promise<void> {
    const registry = registryOf(image, this.#registries);
    if (registry === undefined) throw new ImageNotPulled(`cloister up --registry names no registry that it would come from`);
    await this.#forgotten;
    this.#ended.signal.throwIfAborted();
    await this.#store.pull(image, { isPlain: registry.isPlain, authFile: this.#authFile, signal: this.#ended.signal });
  }
}
