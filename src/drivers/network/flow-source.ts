import type { DroppedPackets, TrackedFlow } from '../../model/flow-logs/observation.ts';

/** What passed and what was dropped in one VPC since the last reading. */
export interface FlowReading {
  readonly fromMs: number;
  readonly untilMs: number;
  /** False when something was lost. */
  readonly isWhole: boolean;
  readonly drops: readonly DroppedPackets[];
  /** A page at a time, so that nothing else waits for many. */
  readonly flows: AsyncIterable<readonly TrackedFlow[]>;
}

/** Counts the packets of VPCs for flow logs. One reading of a VPC at a time, with its flows read to the end. */
export interface FlowSource {
  /** Begins to count; what was before is not told. False when the kernel has no such VPC yet. Again does nothing. */
  begin(vpcNumber: number): Promise<boolean>;
  /** Throws when counting had not begun, or was broken off: begin again, and say that something is missing. */
  read(vpcNumber: number): Promise<FlowReading>;
  /** Ends counting in all other VPCs: who counts keeps a VPC's namespace alive. */
  keepOnly(vpcNumbers: readonly number[]): Promise<void>;
}
