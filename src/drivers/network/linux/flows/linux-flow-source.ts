import { Worker } from 'node:worker_threads';
import type { TrackedFlow } from '../../../../model/flow-logs/observation.ts';
import { withDeadline } from '../../../../stdx/deadline.ts';
import { RemoteError, ThreadLink } from '../../../../stdx/thread-link.ts';
import type { FlowReading, FlowSource } from '../../flow-source.ts';
import { isNamespace, namespaceName } from '../namespaces.ts';
import type { ReadingHead } from './watched-vpc.ts';

/** What the thread does when it is asked. */
export interface FlowMethods {
  begin(router: string): Promise<void>;
  read(router: string): Promise<ReadingHead>;
  nextPage(router: string): readonly TrackedFlow[];
  end(router: string): void;
  readonly [method: string]: (argument: never) => unknown;
}

/** A full table of tracked flows takes a second or two. */
const flowReadingMs = 30_000;

/**
 * Reads connection tracking and the sets of dropped packets of VPCs on this machine, in a thread of its own: a table of
 * many flows takes long to read. Without a VPC to count in there is no thread.
 */
export class LinuxFlowSource implements FlowSource {
  readonly #prefix: string;
  readonly #routers = new Set<string>();
  #thread: { readonly worker: Worker; readonly link: ThreadLink<FlowMethods> } | undefined;

  constructor({ prefix }: { readonly prefix: string }) {
    this.#prefix = prefix;
  }

  async begin(vpcNumber: number): Promise<boolean> {
    const router = this.#router(vpcNumber);
    if (this.#routers.has(router)) return true;
    if (!(await isNamespace(router))) return false;
    await this.#call('begin', router);
    this.#routers.add(router);
    return true;
  }

  async read(vpcNumber: number): Promise<FlowReading> {
    const router = this.#router(vpcNumber);
    try {
      const head = await this.#call('read', router);
      return { ...head, flows: this.#pages(router) };
    } catch (error) {
      await this.#end(router);
      throw error;
    }
  }

  async keepOnly(vpcNumbers: readonly number[]): Promise<void> {
    const kept = new Set(vpcNumbers.map((number) => this.#router(number)));
    for (const router of this.#routers) if (!kept.has(router)) await this.#end(router);
    if (this.#routers.size > 0 || this.#thread === undefined) return;
    const { worker } = this.#thread;
    this.#thread = undefined;
    await worker.terminate();
  }

  #router(number: number): string {
    return namespaceName(this.#prefix, { kind: 'vpc', number });
  }

  async *#pages(router: string): AsyncGenerator<readonly TrackedFlow[]> {
    for (;;) {
      const page = await this.#call('nextPage', router);
      if (page.length === 0) return;
      yield page;
    }
  }

  async #end(router: string): Promise<void> {
    this.#routers.delete(router);
    if (this.#thread !== undefined) await this.#call('end', router);
  }

  async #call<Name extends 'begin' | 'read' | 'nextPage' | 'end'>(name: Name, router: string): Promise<Awaited<ReturnType<FlowMethods[Name]>>> {
    this.#thread ??= this.#start();
    return await withDeadline('flowReadingMs', flowReadingMs, this.#thread.link.call(name, router));
  }

  #start(): { readonly worker: Worker; readonly link: ThreadLink<FlowMethods> } {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`flow-worker.${extension}`, import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 512 } });
    const link = new ThreadLink<FlowMethods>(worker, {});
    // It holds nothing that must be given back: a program that has nothing else to do may end.
    worker.unref();
    const lose = (error: Error): void => {
      if (this.#thread?.worker === worker) {
        this.#thread = undefined;
        this.#routers.clear();
      }
      link.break(new RemoteError(error.message));
    };
    worker.on('error', (error) => lose(error as Error));
    worker.on('exit', (code) => lose(new Error(`the thread that counts packets ended with ${code}`)));
    return { worker, link };
  }
}
