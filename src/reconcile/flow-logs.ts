import type { World } from '../model/network/world.ts';
import type { FlowLogRow } from '../store/flow-logs.ts';
import { readWorld } from '../store/world.ts';
import { Delivery } from './flow-logs/delivery.ts';
import type { FlowLogServices } from './flow-logs/services.ts';
import { VpcFlows } from './flow-logs/vpc-flows.ts';
import type { Reconciler, ReconcileStatus } from './loop.ts';

type Failure = ReconcileStatus['failures'][number];

const nobody: ReadonlySet<string> = new Set();

/** Counts packets where a flow log wants it, makes records of them when their window ends or their interface is gone, and delivers these. */
export class FlowLogsReconciler implements Reconciler {
  readonly name = 'flow-logs';
  readonly #services: FlowLogServices;
  readonly #delivery: Delivery;
  readonly #vpcs = new Map<string, VpcFlows>();
  /** What earlier daemons left off, nobody counted to its end. */
  readonly #begunMs: number;
  #collecting: Promise<unknown> = Promise.resolve();

  constructor(services: FlowLogServices) {
    this.#services = services;
    this.#delivery = new Delivery(services);
    this.#begunMs = services.clock.now().getTime();
  }

  /**
   * Before links of a VPC open: its interfaces are known from their first packet on, and what had the address of one before
   * has its last packets read. Never keeps a network from opening.
   */
  async beforeLinksUp(world: World, vpcId: string): Promise<void> {
    const rows = this.#services.store.flowLogs.rows.list({ vpcId });
    if (rows.length === 0) return;
    try {
      await this.#inTurn(async () => {
        const vpc = await this.#flowsOf(world, vpcId, rows);
        await this.#meet(vpc, world);
      });
    } catch (error) {
      this.#services.log('packets were not counted for flow logs', { subject: vpcId, error });
    }
  }

  /** Lets go of VPCs that are gone: who counts in a namespace keeps it. */
  async keepOnly(vpcIds: readonly string[]): Promise<void> {
    await this.#inTurn(async () => {
      for (const vpcId of this.#vpcs.keys()) if (!vpcIds.includes(vpcId)) this.#vpcs.delete(vpcId);
      await this.#services.source.keepOnly([...this.#vpcs.values()].map(({ number }) => number));
    });
  }

  async activate(signal: AbortSignal): Promise<ReconcileStatus> {
    const failures: Failure[] = [];
    const rows = this.#services.store.flowLogs.rows.list();
    const byVpc = Map.groupBy(rows, ({ vpcId }) => vpcId);
    await this.keepOnly([...byVpc.keys()]);
    if (rows.length === 0) return { changed: 0, failures };
    for (const [vpcId, ofVpc] of byVpc) {
      if (signal.aborted) break;
      await this.#inTurn(async () => await this.#look(vpcId, ofVpc)).catch((error: unknown) =>
        failures.push({ subject: vpcId, message: String(error) }),
      );
    }
    this.#delivery.forget(new Set(rows.map(({ flowLogId }) => flowLogId)));
    for (const { flowLogId } of rows) if (!signal.aborted) await this.#deliver(flowLogId, signal, failures);
    return { changed: this.#removeOrphans(), failures };
  }

  /** Records what was seen until now, for the next daemon to deliver. */
  async stop(): Promise<void> {
    await this.#inTurn(async () => {
      const world = readWorld(this.#services.store, this.#services.region);
      for (const [vpcId, vpc] of this.#vpcs) if (hasVpc(world, vpcId)) await vpc.collectAll(world);
      await this.#services.source.keepOnly([]);
      this.#vpcs.clear();
    });
  }

  async #look(vpcId: string, rows: readonly FlowLogRow[]): Promise<void> {
    const { store, region, clock, appliedGeneration } = this.#services;
    const world = readWorld(store, region);
    const row = world.vpcs.find((candidate) => candidate.vpcId === vpcId);
    if (row === undefined) return;
    const vpc = await this.#flowsOf(world, vpcId, rows);
    await this.#meet(vpc, world);
    const isApplied = appliedGeneration(vpcId) >= row.generation;
    const there = new Set(world.networkInterfaces.map(({ networkInterfaceId }) => networkInterfaceId));
    const gone = isApplied ? vpc.goneOf((id) => there.has(id)) : nobody;
    if (gone.size > 0 || vpc.isDue(clock.now().getTime())) await vpc.collect(world, gone);
  }

  async #flowsOf(world: World, vpcId: string, rows: readonly FlowLogRow[]): Promise<VpcFlows> {
    const number = world.vpcs.find((candidate) => candidate.vpcId === vpcId)?.number ?? 0;
    const vpc = this.#vpcs.get(vpcId) ?? new VpcFlows(this.#services, vpcId, number);
    this.#vpcs.set(vpcId, vpc);
    await vpc.begin();
    // What was counted until now is not for the new ones.
    if (vpc.lacks(rows)) await vpc.collect(world, nobody);
    vpc.keep(rows, this.#begunMs);
    return vpc;
  }

  async #meet(vpc: VpcFlows, world: World): Promise<void> {
    const now = (): number => this.#services.clock.now().getTime();
    const replaced = vpc.meet(world, now());
    if (replaced.size === 0) return;
    await vpc.collect(world, replaced);
    vpc.meet(world, now());
  }

  async #deliver(flowLogId: string, signal: AbortSignal, failures: Failure[]): Promise<void> {
    const row = this.#services.store.flowLogs.rows.find(flowLogId);
    if (row === undefined) return;
    try {
      const givenUp = await this.#delivery.deliver(row, signal);
      for (const { networkInterfaceId } of givenUp) this.#vpcs.get(row.vpcId)?.skip(flowLogId, networkInterfaceId);
    } catch (error) {
      failures.push({ subject: flowLogId, message: String(error) });
    }
  }

  /** A flow log goes with its resource, once what that saw is delivered. */
  #removeOrphans(): number {
    const { store } = this.#services;
    const { vpcs, subnets, networkInterfaces } = store.ec2;
    const isThere = ({ resourceId: id }: FlowLogRow): boolean =>
      [vpcs.find(id), subnets.find(id), networkInterfaces.find(id)].some((row) => row !== undefined);
    const orphans = store.flowLogs.rows.list().filter((row) => !isThere(row) && this.#isSettled(row));
    for (const { flowLogId } of orphans) {
      store.transact(() => {
        store.flowLogs.delete(flowLogId);
        store.ec2.removeTags(flowLogId);
      });
    }
    return orphans.length;
  }

  /** Nothing of it waits: neither packets that were not read, nor records that were not delivered. */
  #isSettled({ vpcId, flowLogId, resourceId }: FlowLogRow): boolean {
    if (this.#vpcs.get(vpcId)?.knows(resourceId) === true && this.#services.store.ec2.vpcs.find(vpcId) !== undefined) return false;
    return this.#services.store.flowLogs.batches.count({ flowLogId }) === 0;
  }

  /** One at a time: a reading must be taken to its end before the next. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#collecting.then(work, work);
    this.#collecting = result.catch(() => undefined);
    return await result;
  }
}

const hasVpc = (world: World, vpcId: string): boolean => world.vpcs.some((vpc) => vpc.vpcId === vpcId);
