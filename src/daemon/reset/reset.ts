import { mkdir, rm } from 'node:fs/promises';
import type { RequestHandler } from '../../aws/message.ts';
import type { DataPlane } from '../../endpoints/data-plane.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Log } from '../../stdx/log.ts';
import type { ReceivedBlob } from '../../store/blobs/blob.ts';
import type { FrontDoor } from '../front-door.ts';
import type { Serving } from '../serving.ts';
import type { DaemonState } from '../state.ts';

type Served = Pick<Serving, 'endRequests' | 'stop' | 'closeListeners'> & { readonly gateway: RequestHandler<ReceivedBlob> };

export interface ResetDependencies {
  readonly state: Pick<DaemonState, 'store' | 'audit' | 'refusals'> & { readonly paths: Pick<DaemonState['paths'], 'blobs'> };
  readonly drivers: Readonly<Record<'containers' | 'dataMounts' | 'tunnels' | 'placement' | 'network', { purge(): Promise<unknown> }>>;
  readonly dataPlane: Pick<DataPlane, 'cut'>;
  readonly frontDoor: FrontDoor;
  readonly clock: Clock;
  readonly log: Log;
  /** What serves now. */
  readonly serving: () => Served;
  /** Makes and starts what serves from now on. */
  readonly serveAnew: () => Served;
}

/**
 * Returns everything to the first start; what lasts is the process with its port, the root key, the certificates, and the
 * memory of ids that were given. Idempotent: one that failed leaves a daemon that serves nothing, and may be tried again.
 */
export class Reset {
  readonly #dependencies: ResetDependencies;
  #last: Promise<void> = Promise.resolve();

  constructor(dependencies: ResetDependencies) {
    this.#dependencies = dependencies;
  }

  /** One at a time. */
  readonly run = async (): Promise<void> => {
    this.#last = this.#last.then(this.#run, this.#run);
    await this.#last;
  };

  /** When the last one has ended, however. */
  async settled(): Promise<void> {
    await this.#last.catch(() => undefined);
  }

  readonly #run = async (): Promise<void> => {
    const { frontDoor, clock, log, serveAnew } = this.#dependencies;
    const startedMs = clock.monotonicMs();
    frontDoor.close();
    try {
      await this.#end();
      await this.#removeFromMachine();
      await this.#forget();
    } catch (error) {
      frontDoor.break(`A reset did not succeed, and nothing is served before one does: ${error instanceof Error ? error.message : String(error)}`);
      log('a reset failed', { error });
      throw error;
    }
    frontDoor.open(serveAnew().gateway);
    log('everything was reset', { level: 'info', durationMs: Math.round(clock.monotonicMs() - startedMs) });
  };

  /** Whatever works on the state lets go of it. */
  async #end(): Promise<void> {
    const { serving, dataPlane } = this.#dependencies;
    serving().endRequests();
    const [letGo] = await Promise.all([serving().stop(), dataPlane.cut()]);
    if (!letGo) throw new Error('a job or a reconciler is in the middle of something that does not end');
    await serving().closeListeners();
  }

  async #removeFromMachine(): Promise<void> {
    const { containers, dataMounts, tunnels, placement, network } = this.#dependencies.drivers;
    // Containers and agents hold namespaces open: they go first.
    await Promise.all([containers.purge(), tunnels.purge(), dataMounts.purge().then(async () => await placement.purge())]);
    await network.purge();
  }

  /** The rows first: a file without a row is garbage, a row without its file would be a lie. */
  async #forget(): Promise<void> {
    const { store, paths, audit, refusals } = this.#dependencies.state;
    store.forget();
    await rm(paths.blobs, { recursive: true, force: true, maxRetries: 3 });
    await mkdir(paths.blobs, { mode: 0o700 });
    audit.clear();
    refusals.clear();
  }
}
