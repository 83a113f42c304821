import type { AgentOrder, AgentResult } from '../../src/model/job/agent-orders.ts';
import type { AgentSession, InstanceSpec, PlacementDriver, VolumeUse } from '../../src/drivers/placement/placement-driver.ts';
import type { Faults } from './faults.ts';

/** Directories and agents that exist in memory, and that daemons may lose and find again. */
export class FakePlacement implements Pick<PlacementDriver, 'prepare' | 'startAgent' | 'volumeUse' | 'release'> {
  readonly directories = new Set<string>();
  readonly agents = new Set<string>();
  readonly specs: InstanceSpec[] = [];
  readonly #faults: Faults;
  answer: (order: AgentOrder) => AgentResult = ({ orderId, kind }) => ({
    orderId,
    ok: true,
    objects: 1,
    bytes: 1,
    ...(kind === 'upload' && { digest: 'd1' }),
  });

  volume: VolumeUse = { bytes: 2 ** 30, freeBytes: 2 ** 29, freeFiles: 1_000, hostFreeBytes: 2 ** 40 };

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  async prepare(spec: InstanceSpec): Promise<void> {
    await this.#faults.around('prepare', () => {
      this.directories.add(spec.directory);
      this.specs.push(spec);
    });
  }

  async startAgent(spec: InstanceSpec): Promise<AgentSession> {
    await this.#faults.around('startAgent', () => void this.agents.add(spec.directory));
    return {
      order: async (order, signal) => {
        signal.throwIfAborted();
        return await this.#faults.around(`order ${order.kind}`, () => this.answer(order));
      },
      stop: async () => await Promise.resolve(void this.agents.delete(spec.directory)),
    };
  }

  async volumeUse(): Promise<VolumeUse> {
    return await this.#faults.around('volumeUse', () => this.volume);
  }

  async release(_instanceId: string, directory: string): Promise<void> {
    await this.#faults.around('release', () => {
      this.agents.delete(directory);
      this.directories.delete(directory);
    });
  }
}
