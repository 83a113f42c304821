import type { NetworkDriver } from '../../drivers/network/network-driver.ts';
import type { ProcessIdentity } from '../../drivers/process/process-identity.ts';
import { resolvConf } from '../../model/job/container-contract.ts';
import { nameLookupOf } from '../../model/network/dhcp.ts';
import type { Principal } from '../../model/policy/principal.ts';
import type { AttachmentsReconciler } from '../../reconcile/attachments.ts';
import { resolverOf } from '../../reconcile/vpc-network.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Store } from '../../store/store.ts';
import { readWorld } from '../../store/world.ts';

export interface AttachRequest {
  readonly subnetId: string;
  readonly groupIds: readonly string[];
  readonly address?: string;
  /** Whose end is the end of the attachment. */
  readonly holder: ProcessIdentity;
}

/** Where a program of the holder's can now be started. */
export interface Attached {
  readonly networkInterfaceId: string;
  readonly privateIpAddress: string;
  readonly namespacePath: string;
  /** By the VPC's DHCP options. */
  readonly resolvConf: string;
}

export interface AttachmentsOptions {
  readonly store: Store;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly network: Pick<NetworkDriver, 'namespacePath'>;
  readonly reconciler: AttachmentsReconciler;
  /** EC2, as the caller: judged, checked and written down as any request. */
  readonly createInterface: (input: Readonly<Record<string, unknown>>, principal: Principal) => Promise<string>;
  readonly networkApplied: (vpcId: string, generation: number, signal: AbortSignal) => Promise<void>;
}

const attachAppliedMs = 20_000;

/** Stand-ins for EC2 instances: a process of the operator's on a network interface of its own. */
export class Attachments {
  readonly #options: AttachmentsOptions;

  constructor(options: AttachmentsOptions) {
    this.#options = options;
  }

  async attach({ subnetId, groupIds, address, holder }: AttachRequest, principal: Principal): Promise<Attached> {
    const { store, region, network } = this.#options;
    const networkInterfaceId = await this.#options.createInterface(
      {
        SubnetId: subnetId,
        Description: `cloister attach, process ${holder.pid}`,
        ...(groupIds.length === 0 ? {} : { Groups: groupIds }),
        ...(address === undefined ? {} : { PrivateIpAddress: address }),
      },
      principal,
    );
    // Nothing is awaited in between: no interface is made that has no holder.
    const { vpcId, number, privateIpAddress } = this.#hold(networkInterfaceId, holder);
    const { generation } = store.ec2.vpcs.get(vpcId);
    try {
      await this.#options.networkApplied(vpcId, generation, AbortSignal.timeout(attachAppliedMs));
    } catch (error) {
      await this.release(networkInterfaceId);
      throw error;
    }
    const lookup = nameLookupOf(store.ec2.dhcpConfigurationsOf(store.ec2.vpcs.get(vpcId), region), resolverOf(readWorld(store, region), vpcId));
    const namespacePath = network.namespacePath({ kind: 'network-interface', number });
    return { networkInterfaceId, privateIpAddress, namespacePath, resolvConf: resolvConf(lookup) };
  }

  /** False when nobody holds it. */
  async release(networkInterfaceId: string): Promise<boolean> {
    return await this.#options.reconciler.release(networkInterfaceId);
  }

  #hold(networkInterfaceId: string, holder: ProcessIdentity): ReturnType<Store['ec2']['attach']> {
    const { store, accountId, clock } = this.#options;
    return store.transact(() =>
      store.ec2.attach(networkInterfaceId, {
        attachmentId: `eni-attach-${networkInterfaceId.slice('eni-'.length)}`,
        attachTime: clock.now().toISOString(),
        instanceOwnerId: accountId,
        deviceIndex: 0,
        holder,
      }),
    );
  }
}
