import type { RequestHandler } from '../aws/message.ts';
import { assert } from '../stdx/assert.ts';
import type { ReceivedBlob } from '../store/blobs/blob.ts';
import type { AnySpec, LeafCertificate } from './listener.ts';
import type { ResolverZone } from './resolver.ts';
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

/** Something that is open, as it was asked for, with the port it has. */
export interface OpenSockets {
  readonly spec: AnySpec;
  readonly port: number;
}

export interface WorkerHealth {
  readonly alive: boolean;
  /** Since the daemon started. */
  readonly restarts: number;
  readonly listeners: number;
}

/** Every socket that answers HTTP or DNS, in data workers. The control side: it opens and closes, answers, and keeps them alive. */
export class DataPlane {
  readonly #workers: readonly SupervisedWorker[];
  readonly #homes = new Map<string, SupervisedWorker>();

  constructor(options: DataPlaneOptions) {
    const count = options.workers ?? 1;
    assert(Number.isInteger(count) && count >= 1 && count <= 16, 'there are 1 to 16 data workers');
    this.#workers = Array.from({ length: count }, () => new SupervisedWorker(options));
  }

  /** Opens a listener, a resolver or a relay and says on which port. Rejects, and opens nothing, when the address is taken or the namespace gone. */
  async open(listener: AnySpec): Promise<{ port: number }> {
    assert(this.#homes.get(listener.id)?.listeners.has(listener.id) !== true, `${listener.id} is not open`);
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

  /** Changes what an open resolver knows. Does nothing when it is not open. */
  async setZone(id: string, zone: ResolverZone): Promise<void> {
    await this.#homes.get(id)?.setZone(id, zone);
  }

  /** What is open, or being opened again because its worker died. */
  list(): readonly OpenSockets[] {
    return this.#workers.flatMap((worker) => Array.from(worker.listeners.values(), ({ spec, port }) => ({ spec, port })));
  }

  /** Cuts every request whose body or object is on its way. When it resolves, no such body can be completed any more. */
  async cut(): Promise<void> {
    await Promise.all(this.#workers.map(async (worker) => await worker.cut()));
  }

  /** How each data worker is, asked now. */
  async health(): Promise<readonly WorkerHealth[]> {
    return await Promise.all(
      this.#workers.map(async (worker) => ({ alive: await worker.isAlive(), restarts: worker.restarts, listeners: worker.listeners.size })),
    );
  }

  /** Lets requests under way finish for a moment, then ends the workers. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    this.#homes.clear();
  }
}
