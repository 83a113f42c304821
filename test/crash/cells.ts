import { trainingSteps } from '../../src/reconcile/training/training-saga.ts';

/** What may happen to a job at one moment. `repeats`: the daemon is killed after the work and before it wrote so down, and the next one does it again. */
export const kinds = ['fails', 'repeats', 'daemon', 'agent', 'both', 'hangs'] as const;
export type Kind = (typeof kinds)[number];

export const titles: Readonly<Record<Kind, string>> = {
  fails: 'fails',
  repeats: 'is done twice',
  daemon: 'daemon killed',
  agent: 'agent killed',
  both: 'both killed',
  hangs: 'agent hangs',
};

const steps = trainingSteps.map(({ name }) => name);

/** Every step of the saga in order, and its undo in the order of a job's end. */
export const phases: readonly string[] = [...steps, ...steps.toReversed().map(undoOf)];

export function undoOf(step: string): string {
  return `undo ${step}`;
}

/**
 * One moment inside a phase: the `nth` time that something happened there. A phase whose work is one transaction, or
 * nothing, has its moment right after it was written down.
 */
export interface Moment {
  readonly event: MomentEvent;
  readonly nth: number;
}

export type MomentEvent =
  | 'authorising'
  | 'interface-made'
  | 'rules-applied'
  | 'prepared'
  | 'ordered'
  | 'creating'
  | 'starting'
  | 'line'
  | 'removing'
  | 'removed'
  | 'released'
  | 'written';

export interface Row {
  readonly name: string;
  readonly phase: string;
  readonly moment: Moment;
  /** Its agents live at that moment. */
  readonly hasAgents: boolean;
  /** Rows of a second moment in a phase are about deaths only: the phase's first row has the other kinds. */
  readonly deathsOnly: boolean;
}

const written: Moment = { event: 'written', nth: 1 };

/** Half-way through each phase. Jobs have two instances. */
const moments: Readonly<Record<string, Moment>> = {
  'authorise-role': { event: 'authorising', nth: 5 },
  'create-interfaces': { event: 'interface-made', nth: 3 },
  'await-network': { event: 'rules-applied', nth: 1 },
  'place-instances': { event: 'prepared', nth: 1 },
  'stage-instances': { event: 'ordered', nth: 2 },
  'train-instances': { event: 'line', nth: 12 },
  'upload-artifacts': { event: 'ordered', nth: 1 },
  'undo stage-instances': { event: 'removed', nth: 1 },
  'undo place-instances': { event: 'released', nth: 1 },
  'undo create-interfaces': { event: 'rules-applied', nth: 1 },
};

/** While a program that the daemon started is still at work, and outlives it. */
const programsAtWork: Readonly<Record<string, Moment>> = {
  'stage-instances': { event: 'creating', nth: 2 },
  'train-instances': { event: 'starting', nth: 2 },
  'undo stage-instances': { event: 'removing', nth: 1 },
};

const firstWithAgents = phases.indexOf('stage-instances');
const lastWithAgents = phases.indexOf('undo place-instances');

export const rows: readonly Row[] = phases.flatMap((phase, index): Row[] => {
  const hasAgents = index >= firstWithAgents && index <= lastWithAgents;
  const first: Row = { name: phase, phase, moment: moments[phase] ?? written, hasAgents, deathsOnly: false };
  const atWork = programsAtWork[phase];
  return atWork === undefined ? [first] : [first, { name: `${phase}, ${atWork.event}`, phase, moment: atWork, hasAgents: false, deathsOnly: true }];
});

export interface Cell {
  readonly row: Row;
  readonly kind: Kind;
}

/** A kind that cannot happen there: no agent lives yet, or none any more. */
export function isPossible({ row, kind }: Cell): boolean {
  if (row.deathsOnly) return kind === 'daemon';
  return row.hasAgents || !['agent', 'both', 'hangs'].includes(kind);
}

export const killsDaemon = (kind: Kind): boolean => ['repeats', 'daemon', 'both'].includes(kind);

export const allCells: readonly Cell[] = rows.flatMap((row) => kinds.map((kind) => ({ row, kind })));

/** How a job must end. A step that fails for good ends it with a reason; what is taken back is tried again until it succeeds. */
export function expectedOf({ row, kind }: Cell): { readonly status: 'Completed' | 'Failed'; readonly reason?: RegExp } {
  if (kind !== 'fails' || row.phase.startsWith('undo ')) return { status: 'Completed' };
  const reason =
    row.phase === 'await-network'
      ? /^InternalServerError: We encountered an internal error\. {2}Please try again\. The network of vpc-\S+ .* could not be applied: .*planned/u
      : /^InternalServerError: We encountered an internal error\. {2}Please try again\.$/u;
  return { status: 'Failed', reason };
}

/** The name of a cell's job says which it is. */
export const jobNameOf = ({ row, kind }: Cell): string => jobName(row.name, kind);
export const jobName = (row: string, kind: string): string => `${row.replaceAll(/[ ,]+/gu, '-')}-${kind}`;
