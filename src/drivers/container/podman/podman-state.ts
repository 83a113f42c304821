import { assert } from '../../../stdx/assert.ts';
import type { ContainerState } from '../container-driver.ts';

/** The members of `podman container inspect` that we read. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    /** Of cgroups; empty when it never ran. */
    readonly CgroupPath?: string;
  };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
  readonly HostConfig: { readonly LogConfig: { readonly Path: string } };
}

export function parseInspected(json: string): readonly InspectedContainer[] {
  return JSON.parse(json) as InspectedContainer[];
}

/** Podman's states as ours. `initialized` is made and waiting; `stopped` has ended but is not cleaned up yet. */
function statusOf(status: string): ContainerState['status'] {
  switch (status) {
    case 'configured':
    case 'created':
    case 'initialized':
      return 'created';
    case 'running':
    case 'paused':
    case 'stopping':
      return 'running';
    default:
      assert(['stopped', 'exited', 'removing'].includes(status), `podman's container states are known, ${status} is one`);
      return 'exited';
  }
}

/** Go writes the year 1 for "never". */
const timeOf = (text: string): Date | undefined => (text.startsWith('0001-') ? undefined : new Date(text));

export function stateOf(inspected: InspectedContainer, labelPrefix: string): ContainerState {
  const status = statusOf(inspected.State.Status);
  const startedAt = timeOf(inspected.State.StartedAt);
  // The time of the exit file, by the kernel's coarse clock: it may seem to be some milliseconds before the start.
  const ended = timeOf(inspected.State.FinishedAt);
  const finishedAt = ended !== undefined && startedAt !== undefined && ended < startedAt ? startedAt : ended;
  const own = Object.entries(inspected.Config.Labels ?? {}).filter(([key]) => key.startsWith(`${labelPrefix}.`));
  return {
    name: inspected.Name,
    labels: Object.fromEntries(own.map(([key, value]) => [key.slice(labelPrefix.length + 1), value])),
    status,
    ...(status === 'exited' && { exitCode: inspected.State.ExitCode }),
    ...(startedAt !== undefined && { startedAt }),
    ...(status === 'exited' && finishedAt !== undefined && { finishedAt }),
  };
}
