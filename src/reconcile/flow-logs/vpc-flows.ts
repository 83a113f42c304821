import type { FlowReading } from '../../drivers/network/flow-source.ts';
import { cidrContains, parseAddress } from '../../model/network/addresses.ts';
import { reserved } from '../../model/network/reserved.ts';
import { mustParseCidr, viewOf } from '../../model/network/view.ts';
import type { World } from '../../model/network/world.ts';
import type { PacketCount } from '../../model/flow-logs/observation.ts';
import type { RecordOwner } from '../../model/flow-logs/record.ts';
import { type FlowSide, sidesOfDrop, sidesOfFlow } from '../../model/flow-logs/sides.ts';
import { Subtraction } from '../../model/flow-logs/subtraction.ts';
import { surroundingsOf } from '../../model/flow-logs/surroundings.ts';
import { availabilityZonesOf } from '../../model/regions.ts';
import { present } from '../../stdx/assert.ts';
import type { FlowLogRow } from '../../store/flow-logs.ts';
import { LogWindows } from './log-windows.ts';
import type { FlowLogServices } from './services.ts';

const s3Addresses = mustParseCidr(reserved.s3);

/** `S3` for addresses of the gateway endpoints. */
function serviceOf(text: string): string | undefined {
  const address = parseAddress(text);
  return address !== undefined && cidrContains(s3Addresses, address) ? 'S3' : undefined;
}

/** The flows of one VPC that has a flow log: who its interfaces are, what they saw, and the windows of its flow logs. */
export class VpcFlows {
  readonly #services: FlowLogServices;
  readonly #vpcId: string;
  readonly #number: number;
  /** Interfaces by address, also those that are gone and whose last packets were not read yet. */
  readonly #interfaces = new Map<string, RecordOwner>();
  readonly #logs = new Map<string, LogWindows>();
  #carried: ReadonlyMap<string, PacketCount> = new Map();
  /** Flow logs of an earlier daemon, until the interfaces were met that were there then, too. */
  readonly #resumed = new Set<string>();
  #isBegun = false;
  #batches = 0;

  constructor(services: FlowLogServices, vpcId: string, vpcNumber: number) {
    this.#services = services;
    this.#vpcId = vpcId;
    this.#number = vpcNumber;
  }

  get number(): number {
    return this.#number;
  }

  /** Begins to count, as soon as the kernel has the VPC. */
  async begin(): Promise<void> {
    if (!this.#isBegun) this.#isBegun = await this.#services.source.begin(this.#number);
  }

  /** Whether it counts already, and not for all of these. */
  lacks(rows: readonly FlowLogRow[]): boolean {
    return this.#isBegun && this.#logs.size > 0 && rows.some(({ flowLogId }) => !this.#logs.has(flowLogId));
  }

  /** Whether packets of a network interface, or of one in a subnet, are yet to be read. */
  knows(resourceId: string): boolean {
    return [...this.#interfaces.values()].some(({ networkInterfaceId, subnetId }) => networkInterfaceId === resourceId || subnetId === resourceId);
  }

  /** The flow logs that there are. What one had recorded before this daemon began is not whole at its end. */
  keep(rows: readonly FlowLogRow[], begunMs: number): void {
    const ids = new Set(rows.map(({ flowLogId }) => flowLogId));
    for (const id of this.#logs.keys()) if (!ids.has(id)) this.#logs.delete(id);
    for (const row of rows) {
      if (this.#logs.has(row.flowLogId)) continue;
      const createdMs = Date.parse(row.createdAt);
      const windows = new LogWindows(row, row.recordedUntilMs ?? createdMs);
      for (const owner of this.#interfaces.values()) if (windows.covers(owner)) windows.open(owner, windows.startMs);
      if (createdMs < begunMs) this.#resumed.add(row.flowLogId);
      this.#logs.set(row.flowLogId, windows);
    }
  }

  /**
   * The interfaces of the VPC. Returns those that are gone and whose address another one has now: their packets must be
   * read before that one is met.
   */
  meet(world: World, nowMs: number): ReadonlySet<string> {
    const replaced = new Set<string>();
    for (const owner of ownersOf(world, this.#vpcId, this.#services)) {
      const before = this.#interfaces.get(owner.privateIpAddress);
      if (before !== undefined && before.networkInterfaceId !== owner.networkInterfaceId) replaced.add(before.networkInterfaceId);
      if (before !== undefined) continue;
      this.#interfaces.set(owner.privateIpAddress, owner);
      for (const log of this.#logs.values()) if (log.covers(owner)) this.#open(log, owner, nowMs);
    }
    this.#resumed.clear();
    return replaced;
  }

  /** Of those that were met, the ones that are no more. */
  goneOf(isThere: (networkInterfaceId: string) => boolean): ReadonlySet<string> {
    return new Set([...this.#interfaces.values()].map(({ networkInterfaceId }) => networkInterfaceId).filter((id) => !isThere(id)));
  }

  isDue(nowMs: number): boolean {
    return [...this.#logs.values()].some((log) => this.#isLogDue(log, nowMs));
  }

  /** Reads what was counted, ends the windows that are due and those of interfaces that are gone, and stores their records. */
  async collect(world: World, gone: ReadonlySet<string>): Promise<void> {
    await this.#collect(world, gone, (log, untilMs) => this.#isLogDue(log, untilMs));
  }

  /** The same, and ends every window. */
  async collectAll(world: World): Promise<void> {
    await this.#collect(world, new Set(), () => true);
  }

  async #collect(world: World, gone: ReadonlySet<string>, isDue: (log: LogWindows, untilMs: number) => boolean): Promise<void> {
    const untilMs = await this.#read(world);
    const closed = [...this.#logs.values()].map((log) => ({
      log,
      batches: isDue(log, untilMs) ? log.close(untilMs, serviceOf) : log.closeThose(gone, untilMs, serviceOf),
    }));
    for (const { log } of closed) log.closeThose(gone, untilMs, serviceOf);
    for (const [address, { networkInterfaceId }] of this.#interfaces) if (gone.has(networkInterfaceId)) this.#interfaces.delete(address);
    const { store } = this.#services;
    store.transact(() => {
      for (const { log, batches } of closed) {
        // Deleted meanwhile.
        if (store.flowLogs.rows.find(log.row.flowLogId) === undefined) continue;
        for (const batch of batches) store.flowLogs.batches.insert({ ...batch, flowLogId: log.row.flowLogId, batchId: this.#batchId(log, untilMs) });
        if (log.startMs === untilMs) store.flowLogs.rows.update(log.row.flowLogId, { recordedUntilMs: untilMs });
      }
    });
  }

  skip(flowLogId: string, networkInterfaceId: string): void {
    this.#logs.get(flowLogId)?.skip(networkInterfaceId);
  }

  /** What an interface did while no daemon counted is not known. */
  #open(log: LogWindows, owner: RecordOwner, nowMs: number): void {
    const isResumed = this.#resumed.has(log.row.flowLogId);
    log.open(owner, isResumed ? log.startMs : nowMs);
    if (isResumed) log.skip(owner.networkInterfaceId);
  }

  #isLogDue({ row, startMs }: LogWindows, nowMs: number): boolean {
    const { windowMsMax, periodMs } = this.#services.pace;
    // The next look would come too late.
    return nowMs - startMs > Math.min(row.maxAggregationIntervalSeconds * 1000, windowMsMax) - periodMs;
  }

  /** Until when everything was read. */
  async #read(world: World): Promise<number> {
    const { source, clock, log } = this.#services;
    if (!this.#isBegun) return clock.now().getTime();
    try {
      const reading = await source.read(this.#number);
      await this.#take(reading, world);
      return reading.untilMs;
    } catch (error) {
      log('packets were not counted for flow logs', { subject: this.#vpcId, error });
      for (const windows of this.#logs.values()) windows.skipAll();
      this.#carried = new Map();
      this.#isBegun = false;
      await this.begin();
      return clock.now().getTime();
    }
  }

  async #take({ drops, flows, fromMs, isWhole }: FlowReading, world: World): Promise<void> {
    const around = surroundingsOf(viewOf(world, this.#vpcId), (address) => this.#interfaces.get(address));
    const subtraction = new Subtraction(this.#carried, drops);
    for await (const page of flows) {
      for (const flow of page) {
        const { sides, unclear } = sidesOfFlow(flow, subtraction, around);
        for (const side of sides) this.#add(side);
        for (const { networkInterfaceId } of unclear) for (const windows of this.#logs.values()) windows.skip(networkInterfaceId);
      }
    }
    for (const drop of drops) for (const side of sidesOfDrop(drop, fromMs, around)) this.#add(side);
    this.#carried = subtraction.left();
    if (!isWhole) for (const windows of this.#logs.values()) windows.skipAll();
  }

  #add(side: FlowSide): void {
    for (const windows of this.#logs.values()) windows.add(side);
  }

  /** In the order of time, also after a restart. */
  #batchId({ row }: LogWindows, untilMs: number): string {
    this.#batches += 1;
    return [row.flowLogId, String(untilMs).padStart(15, '0'), String(this.#batches).padStart(9, '0')].join('/');
  }
}

function ownersOf(world: World, vpcId: string, { accountId, region }: FlowLogServices): RecordOwner[] {
  const zoneIds = new Map(availabilityZonesOf(region).map(({ zoneName, zoneId }) => [zoneName, zoneId]));
  const zoneOf = new Map(world.subnets.map(({ subnetId, availabilityZone }) => [subnetId, zoneIds.get(availabilityZone) ?? availabilityZone]));
  return world.networkInterfaces
    .filter((row) => row.vpcId === vpcId)
    .map(({ networkInterfaceId, privateIpAddress, subnetId }) => ({
      networkInterfaceId,
      privateIpAddress,
      subnetId,
      vpcId,
      accountId,
      region,
      zoneId: present(zoneOf.get(subnetId), 'an interface is in a subnet'),
    }));
}
