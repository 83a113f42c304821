import { type LogFormat, parseLogFormat } from '../../model/flow-logs/format.ts';
import { type RecordOwner, recordLine, statusLine } from '../../model/flow-logs/record.ts';
import type { FlowSide } from '../../model/flow-logs/sides.ts';
import { InterfaceWindow } from '../../model/flow-logs/window.ts';
import { assert } from '../../stdx/assert.ts';
import type { FlowLogBatchRow, FlowLogRow } from '../../store/flow-logs.ts';

/** As many lines as one PutLogEvents surely takes: a line has less than 500 bytes. */
const batchLinesMax = 2_000;

type Batch = Pick<FlowLogBatchRow, 'networkInterfaceId' | 'endMs' | 'events'>;

/** The windows of one flow log: one for each interface that it covers. They begin and end together. */
export class LogWindows {
  readonly row: FlowLogRow;
  readonly #format: LogFormat;
  readonly #windows = new Map<string, { readonly owner: RecordOwner; window: InterfaceWindow }>();
  startMs: number;

  constructor(row: FlowLogRow, startMs: number) {
    const format = parseLogFormat(row.logFormat);
    assert(!('problem' in format), 'a stored format is a format');
    this.row = row;
    this.#format = format;
    this.startMs = startMs;
  }

  covers({ networkInterfaceId, subnetId, vpcId }: RecordOwner): boolean {
    return [networkInterfaceId, subnetId, vpcId].includes(this.row.resourceId);
  }

  /** An interface that it covers. One that is there already stays as it is. */
  open(owner: RecordOwner, startMs: number): void {
    if (!this.#windows.has(owner.networkInterfaceId)) this.#windows.set(owner.networkInterfaceId, { owner, window: new InterfaceWindow(startMs) });
  }

  add(side: FlowSide): void {
    this.#windows.get(side.networkInterfaceId)?.window.add(side);
  }

  skip(networkInterfaceId: string): void {
    this.#windows.get(networkInterfaceId)?.window.skip();
  }

  skipAll(): void {
    for (const { window } of this.#windows.values()) window.skip();
  }

  /** Ends the windows of interfaces that are gone. */
  closeThose(networkInterfaceIds: ReadonlySet<string>, endMs: number, serviceOf: ServiceOf): Batch[] {
    return [...networkInterfaceIds].flatMap((id) => {
      const closed = this.#windows.get(id);
      this.#windows.delete(id);
      return closed === undefined ? [] : this.#batches(closed, endMs, serviceOf);
    });
  }

  /** Ends every window, and begins the next. */
  close(endMs: number, serviceOf: ServiceOf): Batch[] {
    const batches = [...this.#windows.values()].flatMap((closed) => this.#batches(closed, endMs, serviceOf));
    for (const entry of this.#windows.values()) entry.window = new InterfaceWindow(endMs);
    this.startMs = endMs;
    return batches;
  }

  #batches({ owner, window }: { readonly owner: RecordOwner; readonly window: InterfaceWindow }, endMs: number, serviceOf: ServiceOf): Batch[] {
    const time = { startMs: Math.min(window.startMs, endMs), endMs };
    const status = window.skipped ? 'SKIPDATA' : window.isEmpty ? 'NODATA' : undefined;
    const records = window.sides(this.row.trafficType).map((side) => ({
      timestamp: Math.max(side.startMs, time.startMs),
      message: recordLine(this.#format, owner, side, serviceOf),
    }));
    const statuses = status === undefined ? [] : [{ timestamp: time.startMs, message: statusLine(this.#format, owner, status, time) }];
    const events = [...statuses, ...records].toSorted((a, b) => a.timestamp - b.timestamp);
    const batches: Batch[] = [];
    for (let at = 0; at < events.length; at += batchLinesMax) {
      batches.push({ networkInterfaceId: owner.networkInterfaceId, endMs, events: events.slice(at, at + batchLinesMax) });
    }
    return batches;
  }
}

type ServiceOf = (address: string) => string | undefined;
