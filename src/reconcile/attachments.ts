import { endMembers } from '../drivers/process/namespace-members.ts';
import { isAlive } from '../drivers/process/process-identity.ts';
import type { NetworkDriver } from '../drivers/network/network-driver.ts';
import type { Store } from '../store/store.ts';
import type { Reconciler, ReconcileStatus } from './loop.ts';

export interface AttachmentsDependencies {
  readonly store: Store;
  readonly network: Pick<NetworkDriver, 'namespacePath'>;
  /** Asks the network's reconciler to look again. */
  readonly wakeNetwork: () => void;
}

/**
 * Interfaces that a process of the operator's holds (`cloister attach`) go when it ends, however it ends, and with them
 * everything that still runs in their namespaces.
 */
export class AttachmentsReconciler implements Reconciler {
  readonly name = 'attachments';
  readonly #dependencies: AttachmentsDependencies;

  constructor(dependencies: AttachmentsDependencies) {
    this.#dependencies = dependencies;
  }

  async activate(signal: AbortSignal): Promise<ReconcileStatus> {
    return await this.#releaseThose((holder) => !isAlive(holder), signal);
  }

  /** Whoever holds them. */
  async releaseAll(): Promise<void> {
    const { failures } = await this.#releaseThose(() => true, undefined);
    if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join('; '));
  }

  /** False when nobody holds this interface. Doing it again does nothing. */
  async release(networkInterfaceId: string): Promise<boolean> {
    const { store, network, wakeNetwork } = this.#dependencies;
    const row = store.ec2.networkInterfaces.find(networkInterfaceId);
    if (row?.attachment?.holder === undefined) return false;
    await endMembers(network.namespacePath({ kind: 'network-interface', number: row.number }));
    store.transact(() => {
      // Another release may have been faster.
      if (store.ec2.networkInterfaces.find(networkInterfaceId) === undefined) return;
      store.ec2.deleteNetworkInterface(networkInterfaceId);
      store.ec2.bumpGeneration(row.vpcId);
    });
    wakeNetwork();
    return true;
  }

  async #releaseThose(test: (holder: { pid: number; startTime: string }) => boolean, signal: AbortSignal | undefined): Promise<ReconcileStatus> {
    const failures: { subject: string; message: string }[] = [];
    let changed = 0;
    for (const { networkInterfaceId, attachment } of this.#dependencies.store.ec2.networkInterfaces.list()) {
      if (signal?.aborted === true) break;
      if (attachment?.holder === undefined || !test(attachment.holder)) continue;
      try {
        changed += (await this.release(networkInterfaceId)) ? 1 : 0;
      } catch (error) {
        failures.push({ subject: networkInterfaceId, message: String(error) });
      }
    }
    return { changed, failures };
  }
}
