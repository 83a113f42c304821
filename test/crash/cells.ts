import { compilationSteps } from '../../src/reconcile/compilation/compilation-saga.ts';
import { trainingSteps } from '../../src/reconcile/training/training-saga.ts';

/**
 * What may happen to a job at one moment. `repeats`: the daemon is killed after the work and before it wrote so down, and the
 * next one does it again. `tunnel`: what encrypts the traffic of one instance is killed.
 */
export const kinds = ['fails', 'repeats', 'daemon', 'agent', 'both', 'hangs', 'tunnel'] as const;
export type Kind = (typeof kinds)[number];

export const titles: Readonly<Record<Kind, string>> = {
  fails: 'fails',
  repeats: 'is done twice',
  daemon: 'daemon killed',
  agent: 'agent killed',
  both: 'both killed',
  hangs: 'agent hangs',
  tunnel: 'tunnel killed',
};

/** What a job has beside instances and a channel of files. `waiting`: there is room for the one before it only. */
export type JobKind =
  | 'plain'
  | 'FastFile'
  | 'Pipe'
  | 'checkpoints'
  | 'isolated'
  | 'managed network'
  | 'waiting'
  | 'encrypted'
  | 'registry'
  | 'compilation'
  | 'managed compilation';

export type Saga = 'training' | 'compilation';

export const sagaOf = (job: JobKind): Saga => (job === 'compilation' || job === 'managed compilation' ? 'compilation' : 'training');

export const undoOf = (step: string): string => `undo ${step}`;

function phasesIn(saga: readonly { readonly name: string }[]): readonly string[] {
  const steps = saga.map(({ name }) => name);
  return [...steps, ...steps.toReversed().map(undoOf)];
}

/** Every step of a saga in order, and its undo in the order of a job's end. */
export const phasesOf: Readonly<Record<Saga, readonly string[]>> = { training: phasesIn(trainingSteps), compilation: phasesIn(compilationSteps) };

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
  | 'tunnelling'
  | 'tunnelled'
  | 'pulling'
  | 'mounting'
  | 'ordered'
  | 'creating'
  | 'starting'
  | 'line'
  | 'removing'
  | 'removed'
  | 'unmounting'
  | 'tunnel-closed'
  | 'releasing'
  | 'released'
  | 'written';

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

interface SagaRows {
  /** What has a row for each phase. */
  readonly job: JobKind;
  readonly instances: number;
  /** Half-way through each phase. */
  readonly moments: Readonly<Record<string, Moment>>;
  /** While a program that the daemon started is still at work, and outlives it. */
  readonly programsAtWork: Readonly<Record<string, Moment>>;
  /** Moments that only some jobs have, and what may happen to them then. */
  readonly special: readonly (Pick<Row, 'job' | 'phase' | 'moment' | 'kinds'> & { readonly isAtWork?: true })[];
  /** The first and the last phase in whose moment agents live. */
  readonly agents: readonly [string, string];
}

const training: SagaRows = {
  job: 'plain',
  instances: 2,
  moments: {
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
  },
  programsAtWork: {
    'place-instances': { event: 'preparing', nth: 2 },
    'stage-instances': { event: 'creating', nth: 2 },
    'train-instances': { event: 'starting', nth: 2 },
    'undo stage-instances': { event: 'removing', nth: 1 },
    'undo place-instances': { event: 'releasing', nth: 1 },
  },
  special: [
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
    { job: 'encrypted', phase: 'encrypt-traffic', moment: { event: 'tunnelled', nth: 1 }, kinds: ['fails', 'repeats', 'daemon'] },
    { job: 'encrypted', phase: 'encrypt-traffic', moment: { event: 'tunnelling', nth: 1 }, kinds: ['daemon'], isAtWork: true },
    { job: 'encrypted', phase: 'train-instances', moment: { event: 'line', nth: 12 }, kinds: ['daemon', 'both', 'tunnel'] },
    { job: 'encrypted', phase: 'undo encrypt-traffic', moment: { event: 'tunnel-closed', nth: 1 }, kinds: ['fails', 'repeats', 'daemon'] },
    { job: 'registry', phase: 'stage-instances', moment: { event: 'pulling', nth: 1 }, kinds: ['fails', 'repeats', 'daemon', 'agent', 'both'] },
  ],
  agents: ['stage-instances', 'undo place-instances'],
};

const compilation: SagaRows = {
  job: 'compilation',
  instances: 1,
  moments: {
    'authorise-role': { event: 'authorising', nth: 6 },
    'create-interfaces': { event: 'interface-made', nth: 1 },
    'await-network': { event: 'rules-applied', nth: 1 },
    'place-instances': { event: 'prepared', nth: 1 },
    'stage-model': { event: 'ordered', nth: 1 },
    'compile-model': { event: 'line', nth: 12 },
    'upload-model': { event: 'ordered', nth: 1 },
    'undo stage-model': { event: 'removed', nth: 1 },
    'undo place-instances': { event: 'released', nth: 1 },
    'undo create-interfaces': { event: 'rules-applied', nth: 1 },
  },
  programsAtWork: {
    'place-instances': { event: 'preparing', nth: 1 },
    'stage-model': { event: 'creating', nth: 1 },
    'compile-model': { event: 'starting', nth: 1 },
    'undo stage-model': { event: 'removing', nth: 1 },
    'undo place-instances': { event: 'releasing', nth: 1 },
  },
  special: [
    { job: 'managed compilation', phase: 'create-interfaces', moment: { event: 'interface-made', nth: 1 }, kinds: ['repeats', 'daemon'] },
    { job: 'managed compilation', phase: 'undo create-interfaces', moment: { event: 'rules-applied', nth: 1 }, kinds: ['repeats', 'daemon'] },
  ],
  // The only one is gone when the first is given back.
  agents: ['stage-model', 'undo await-network'],
};

const rowsOf: Readonly<Record<Saga, SagaRows>> = { training, compilation };

export const instancesOf = (job: JobKind): number => rowsOf[sagaOf(job)].instances;

/** Before its first step. */
const waiting: Row = { name: 'waiting', job: 'waiting', phase: 'waiting', moment: written, hasAgents: false, kinds: ['daemon'] };

const named = (phase: string, job: JobKind, atWork?: Moment): string =>
  [phase, ...(job === 'plain' ? [] : [job]), ...(atWork === undefined ? [] : [atWork.event])].join(', ');

function rowsOfSaga(saga: Saga): readonly Row[] {
  const { job, moments, programsAtWork, special, agents } = rowsOf[saga];
  const phases = phasesOf[saga];
  const [first, last] = agents.map((phase) => phases.indexOf(phase)) as [number, number];
  return phases.flatMap((phase, index): Row[] => {
    const hasAgents = index >= first && index <= last;
    const atWork = programsAtWork[phase];
    return [
      { name: named(phase, job), job, phase, moment: moments[phase] ?? written, hasAgents, kinds: undefined },
      ...(atWork === undefined
        ? []
        : [{ name: named(phase, job, atWork), job, phase, moment: atWork, hasAgents: false, kinds: ['daemon'] } as const]),
      ...special
        .filter((row) => row.phase === phase)
        .map(({ isAtWork, ...row }) => ({ ...row, name: named(phase, row.job, isAtWork && row.moment), hasAgents })),
    ];
  });
}

export const rows: readonly Row[] = [waiting, ...rowsOfSaga('training'), ...rowsOfSaga('compilation')];

export interface Cell {
  readonly row: Row;
  readonly kind: Kind;
}

/** A kind that cannot happen there: no agent lives yet, or none any more; there is no tunnel. */
export function isPossible({ row, kind }: Cell): boolean {
  if (row.kinds !== undefined) return row.kinds.includes(kind);
  return kind !== 'tunnel' && (row.hasAgents || !['agent', 'both', 'hangs'].includes(kind));
}

export const killsDaemon = (kind: Kind): boolean => ['repeats', 'daemon', 'both'].includes(kind);

export const allCells: readonly Cell[] = rows.flatMap((row) => kinds.map((kind) => ({ row, kind })));

const internal = String.raw`^InternalServerError: We encountered an internal error\. {2}Please try again\.`;

/** Of cells that end in another way than their kind does elsewhere. */
function specialReason({ row, kind }: Cell): RegExp | undefined {
  // No other agent knows how much of the stream was read.
  if (row.name === 'train-instances, Pipe' && kind !== 'daemon')
    return new RegExp(`${internal} The program that streamed the input ended while the job ran`, 'u');
  if (kind === 'tunnel')
    return new RegExp(String.raw`${internal} What encrypts the traffic of algo-[12] ended before the job; nothing was sent unencrypted\.$`, 'u');
  if (row.job === 'registry' && kind === 'fails') return /^ClientError: Cannot pull algorithm container\. .+ was not pulled: /u;
  return undefined;
}

/** How a job must end. A step that fails for good ends it with a reason; what is taken back is tried again until it succeeds. */
export function expectedOf(cell: Cell): { readonly status: 'Completed' | 'Failed'; readonly reason?: RegExp } {
  const { row, kind } = cell;
  const special = specialReason(cell);
  if (special !== undefined) return { status: 'Failed', reason: special };
  if (kind !== 'fails' || row.phase.startsWith('undo ')) return { status: 'Completed' };
  const reason = row.phase === 'await-network' ? String.raw` The network of vpc-\S+ .* could not be applied: .*planned` : '$';
  return { status: 'Failed', reason: new RegExp(`${internal}${reason}`, 'u') };
}

/** The name of a cell's job says which it is. */
export const jobNameOf = ({ row, kind }: Cell): string => jobName(row.name, kind);
export const jobName = (row: string, kind: string): string => `${inOneWord(row)}-${kind}`;
export const inOneWord = (row: string): string => row.replaceAll(/[ ,]+/gu, '-');
