import type { RequestHandler } from '../aws/message.ts';
import { assert } from '../stdx/assert.ts';
import type { ReceivedBlob } from '../store/blobs/blob.ts';
import type { LeafCertificate, ListenerSpec, LocalListenerSpec } from './listener.ts';
import { SupervisedWorker } from './supervised-worker.ts';

/** Who makes certificates; undefined asks for the default of listeners inside VPCs and at the edge. */
export interface CertificateSource {
  certificateFor(serverName: string | undefined): Promise<LeafCertificate>;
}

export interface DataPlaneOptions {
  readonly handler: RequestHandler<ReceivedBlob>;
  readonly blobDirectory: string;
  readonly certificates: CertificateSource;
  /** Threads; each listener lives in one of them. */
  readonly workers?: number;
  /** Told in one line what an operator should know: a worker that died, a request that failed within Cloister. */
  readonly report?: (text: string) => void;
}

export interface OpenListener {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly namespacePath?: string;
}

/** Every socket that speaks HTTP, in data workers. The control side: it opens and closes, answers, and keeps them alive. */
export class DataPlane {
  readonly #workers: readonly SupervisedWorker[];
  readonly #homes = new Map<string, SupervisedWorker>();

  constructor(options: DataPlaneOptions) {
    const count = options.workers ?? 1;
    assert(Number.isInteger(count) && count >= 1 && count <= 16, 'there are 1 to 16 data workers');
    this.#workers = Array.from({ length: count }, () => new SupervisedWorker(options));
  }

  /** Opens a listener and says on which port. Rejects, and opens nothing, when the address is taken or the namespace gone. */
  async open(listener: ListenerSpec | LocalListenerSpec): Promise<{ port: number }> {
    assert(!this.#homes.has(listener.id), `the listener ${listener.id} is not open`);
    const home = this.#workers.reduce((least, worker) => (worker.listeners.size < least.listeners.size ? worker : least));
    this.#homes.set(listener.id, home);
    try {
      return await home.open(listener);
    } catch (error) {
      this.#homes.delete(listener.id);
      throw error;
    }
  }

  /** Closes a listener and cuts its connections. Closing one that is not open does nothing. */
  async close(id: string): Promise<void> {
    const home = this.#homes.get(id);
    this.#homes.delete(id);
    await home?.close(id);
  }

  /** The listeners that are open now. One whose worker died and that could not be opened again is not among them. */
  list(): readonly OpenListener[] {
    return this.#workers.flatMap((worker) => worker.openListeners());
  }

  /** Lets requests under way finish for a moment, then ends the workers. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    this.#homes.clear();
  }
}
