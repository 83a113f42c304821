import type { validate } from '../aws/validate.ts';
import type { Access } from '../access/access.ts';
import type { ContainerDriver } from '../drivers/container/container-driver.ts';
import type { DataMountDriver } from '../drivers/container/mount/data-mount-driver.ts';
import type { FlowSource } from '../drivers/network/flow-source.ts';
import type { NetworkDriver } from '../drivers/network/network-driver.ts';
import type { TunnelDriver } from '../drivers/network/tunnel/tunnel-driver.ts';
import type { PlacementDriver } from '../drivers/placement/placement-driver.ts';
import type { VpcPlan } from '../model/network/plan.ts';
import type { World } from '../model/network/world.ts';
import type { ServiceName } from '../model/arrival.ts';
import type { FlowLogPace } from '../reconcile/flow-logs/services.ts';
import type { Journal } from '../reconcile/saga.ts';
import type { Operation } from '../services/operation.ts';

// Operations of different services in one table: each is called with the input its own shape decoded.
export type AnyOperation = Operation<any, any, any>;
export type Registries = Readonly<Record<ServiceName, Readonly<Record<string, AnyOperation>>>>;

/**
 * The pieces that enforce, as the composition root puts them together. A test may compose a daemon that lacks one of them,
 * to show that it fails without it; no option, variable or API of the product can.
 */
export interface DaemonParts {
  readonly validate: typeof validate;
  readonly compile: (world: World, vpcId: string) => VpcPlan;
  readonly access: (access: Access) => Access;
  readonly registries: (registries: Registries) => Registries;
  readonly network: (driver: NetworkDriver) => NetworkDriver;
  readonly flows: (source: FlowSource) => FlowSource;
  /** Tests cannot wait for minutes. */
  readonly flowLogPace: FlowLogPace;
  readonly containers: (driver: ContainerDriver) => ContainerDriver;
  readonly placement: (driver: PlacementDriver) => PlacementDriver;
  readonly dataMounts: (driver: DataMountDriver) => DataMountDriver;
  readonly tunnels: (driver: TunnelDriver) => TunnelDriver;
  /** Where one job's saga writes what it has done. */
  readonly journal: (journal: Journal, job: string) => Journal;
  /** Makes the built-in images; daemons of one process need do it once. */
  readonly ensureImages: (store: ContainerDriver, workFolder: string) => Promise<void>;
}
