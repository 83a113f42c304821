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
  | 'preparing'
  | 'prepared'
  | 'mounting'
  | 'ordered'
  | 'creating'
  | 'starting'
  | 'line'
  | 'removing'
  | 'removed'
  | 'unmounting'
  | 'releasing'
  | 'released'
  | 'written';

/** What a job has beside two instances and a channel of files. `waiting`: there is room for the one before it only. */
export type JobKind = 'plain' | 'FastFile' | 'Pipe' | 'checkpoints' | 'isolated' | 'managed network' | 'waiting';

export interface Row {
  readonly name: string;
  readonly job: JobKind;
  readonly phase: string;
  readonly moment: Moment;
  /** Its agents live at that moment. */
  readonly hasAgents: boolean;
  /** What may happen then, of rows of a second moment in a phase: the phase's first row has the other kinds. */
  readonly kinds: readonly Kind[] | undefined;
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
  'place-instances': { event: 'preparing', nth: 2 },
  'stage-instances': { event: 'creating', nth: 2 },
  'train-instances': { event: 'starting', nth: 2 },
  'undo stage-instances': { event: 'removing', nth: 1 },
  'undo place-instances': { event: 'releasing', nth: 1 },
};

/** Moments that only some jobs have, and what may happen to them then. */
const special: readonly Pick<Row, 'job' | 'phase' | 'moment' | 'kinds'>[] = [
  { job: 'FastFile', phase: 'stage-instances', moment: { event: 'mounting', nth: 2 }, kinds: ['daemon'] },
  { job: 'FastFile', phase: 'train-instances', moment: { event: 'line', nth: 12 }, kinds: ['daemon', 'agent', 'both'] },
  { job: 'FastFile', phase: 'undo stage-instances', moment: { event: 'unmounting', nth: 1 }, kinds: ['fails', 'daemon'] },
  { job: 'Pipe', phase: 'stage-instances', moment: { event: 'ordered', nth: 2 }, kinds: ['daemon', 'agent', 'both'] },
  { job: 'Pipe', phase: 'train-instances', moment: { event: 'line', nth: 12 }, kinds: ['daemon', 'agent', 'both'] },
  { job: 'checkpoints', phase: 'train-instances', moment: { event: 'line', nth: 12 }, kinds: ['repeats', 'daemon', 'agent', 'both'] },
  { job: 'isolated', phase: 'create-interfaces', moment: { event: 'interface-made', nth: 3 }, kinds: ['fails', 'repeats', 'daemon'] },
  { job: 'isolated', phase: 'undo create-interfaces', moment: { event: 'rules-applied', nth: 1 }, kinds: ['repeats', 'daemon'] },
  { job: 'managed network', phase: 'create-interfaces', moment: { event: 'interface-made', nth: 3 }, kinds: ['fails', 'repeats', 'daemon'] },
  { job: 'managed network', phase: 'undo create-interfaces', moment: { event: 'rules-applied', nth: 1 }, kinds: ['repeats', 'daemon'] },
];

const firstWithAgents = phases.indexOf('stage-instances');
const lastWithAgents = phases.indexOf('undo place-instances');

const hasAgentsIn = (phase: string): boolean => phases.indexOf(phase) >= firstWithAgents && phases.indexOf(phase) <= lastWithAgents;

/** Before its first step. */
const waiting: Row = { name: 'waiting', job: 'waiting', phase: 'waiting', moment: written, hasAgents: false, kinds: ['daemon'] };

const rowsOfSteps = phases.flatMap((phase): Row[] => {
  const hasAgents = hasAgentsIn(phase);
  const atWork = programsAtWork[phase];
  return [
    { name: phase, job: 'plain', phase, moment: moments[phase] ?? written, hasAgents, kinds: undefined },
    ...(atWork === undefined
      ? []
      : [{ name: `${phase}, ${atWork.event}`, job: 'plain', phase, moment: atWork, hasAgents: false, kinds: ['daemon'] } as const]),
    ...special.filter((row) => row.phase === phase).map((row) => ({ ...row, name: `${phase}, ${row.job}`, hasAgents })),
  ];
});

export const rows: readonly Row[] = [waiting, ...rowsOfSteps];

export interface Cell {
  readonly row: Row;
  readonly kind: Kind;
}

/** A kind that cannot happen there: no agent lives yet, or none any more. */
export function isPossible({ row, kind }: Cell): boolean {
  if (row.kinds !== undefined) return row.kinds.includes(kind);
  return row.hasAgents || !['agent', 'both', 'hangs'].includes(kind);
}

export const killsDaemon = (kind: Kind): boolean => ['repeats', 'daemon', 'both'].includes(kind);

export const allCells: readonly Cell[] = rows.flatMap((row) => kinds.map((kind) => ({ row, kind })));

/** No other agent knows how much of the stream was read. */
const interrupted =
  /^InternalServerError: We encountered an internal error\. {2}Please try again\. The program that streamed the input ended while the job ran/u;

/** How a job must end. A step that fails for good ends it with a reason; what is taken back is tried again until it succeeds. */
export function expectedOf({ row, kind }: Cell): { readonly status: 'Completed' | 'Failed'; readonly reason?: RegExp } {
  if (row.name === 'train-instances, Pipe' && kind !== 'daemon') return { status: 'Failed', reason: interrupted };
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
