import type { ContainerDriver } from '../../drivers/container/container-driver.ts';
import type { NetworkDriver } from '../../drivers/network/network-driver.ts';
import type { PlacementDriver } from '../../drivers/placement/placement-driver.ts';
import type { RefusedNamesRecord } from '../../endpoints/refused-names.ts';
import type { Fact } from '../../model/network/inspect/fact.ts';
import type { VpcPlan } from '../../model/network/plan.ts';
import type { World } from '../../model/network/world.ts';
import type { Store } from '../../store/store.ts';

/** One resource as the rows, the plan and the kernel have it. */
export interface Inspection {
  readonly id: string;
  readonly kind: string;
  /** None of the facts is marked. */
  readonly agrees: boolean;
  readonly facts: readonly Fact[];
}

/** What an inspection reads. It changes nothing. */
export interface InspectionSources {
  readonly store: Store;
  readonly region: string;
  readonly compile: (world: World, vpcId: string) => VpcPlan;
  readonly network: Pick<NetworkDriver, 'held' | 'wouldHold' | 'namespacePath'>;
  readonly containers: Pick<ContainerDriver, 'inspect'>;
  readonly placement: Pick<PlacementDriver, 'findAgent'>;
  readonly refusedNames: Pick<RefusedNamesRecord, 'ofInterface' | 'ofVpc'>;
  readonly instancesDirectory: string;
}

export const inspectionOf = (id: string, kind: string, facts: readonly Fact[]): Inspection => ({
  id,
  kind,
  agrees: facts.every(({ agrees }) => agrees),
  facts,
});
