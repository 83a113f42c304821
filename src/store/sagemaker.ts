import type { Utilization } from '../model/job/utilization.ts';
import type { MetricValue } from '../model/job/metrics.ts';
import type { CompilationJobStatus } from '../model/job/compilation-job.ts';
import type { JobOutcome, SecondaryTransition, TrainingJobStatus, TrainingSecondaryStatus } from '../model/job/training-job.ts';
import type { RefusedNames } from '../model/network/refused-names.ts';
import { Collection, collectionsMigration, type CollectionShape } from './collection.ts';
import type { Database, Migration } from './database.ts';

export interface TagRow {
  readonly key: string;
  readonly value: string;
}

/** What a job of any kind has. */
export interface JobRow {
  readonly ownerId: string;
  /** The input of the operation that created it, as it was accepted (JSON). */
  readonly request: Readonly<Record<string, unknown>>;
  /** In the order they were given. Absent: none. */
  readonly tags?: readonly TagRow[];
  readonly createdAt: string;
  readonly lastModifiedAt: string;
  /** When the job began on its instances, with the download of its input. What is billed begins here. */
  readonly instancesStartAt?: string;
  readonly failureReason?: string;
  readonly stopRequestedAt?: string;
  /** What the job came to, decided before its resources are released and its status becomes terminal. */
  readonly outcome?: JobOutcome;
  /** What the job's code must know to be given its role's credentials: random, and the same after a restart. */
  readonly credentialsId: string;
  /** First host user of the job's range, while it runs. */
  readonly uidBase?: number;
  /** Why lines of a host were not delivered. */
  readonly logsLost?: Readonly<Record<string, string>>;
  /** Which names each host asked for and the resolver of its VPC refused, once it has ended. */
  readonly refusedNames?: Readonly<Record<string, RefusedNames>>;
  /** `running` until the saga has released everything. What `jobs` looks for. */
  readonly saga: 'running' | 'ended';
}

export interface TrainingJobRow extends JobRow {
  readonly trainingJobName: string;
  readonly trainingJobArn: string;
  /** The local image that was meant when it has another name than `TrainingImage`. */
  readonly localImage?: string;
  readonly status: TrainingJobStatus;
  readonly secondaryStatus: TrainingSecondaryStatus;
  readonly transitions: readonly SecondaryTransition[];
  /** When its code began. What MaxRuntimeInSeconds counts begins here. */
  readonly trainingStartAt?: string;
  /** When it ended on its instances: before what it took is given back and its status is terminal. */
  readonly trainingEndAt?: string;
  /** `s3://…/model.tar.gz`, once it is written. */
  readonly modelArtifacts?: string;
  /** Its metric definitions took longer than they may. */
  readonly metricsGivenUp?: true;
  /** What each host took when it was last looked at, and at most. */
  readonly utilization?: Readonly<Record<string, Utilization>>;
}

export interface CompilationJobRow extends JobRow {
  readonly compilationJobName: string;
  readonly compilationJobArn: string;
  readonly status: CompilationJobStatus;
  /** When the compiler began. What MaxRuntimeInSeconds counts begins here. */
  readonly compilerStartAt?: string;
  /** When the job ended on its instance. */
  readonly compilationEndAt?: string;
  /** Events that its log stream, which has its name, already had of an earlier job. */
  readonly logEventsBefore?: number;
  /** Of the object that was uploaded. */
  readonly artifactDigest?: string;
}

/** One step of a job's saga: written before it runs (`intent`), after (`done`), and when it is taken back (`undone`). */
export interface JournalEntry {
  readonly step: string;
  readonly state: 'intent' | 'done' | 'undone';
  readonly result: unknown;
}

type Counts<Status extends string> = Readonly<Partial<Record<Status, number>>>;

const trainingJobs: CollectionShape<TrainingJobRow> = {
  name: 'training_jobs',
  key: 'trainingJobName',
  indexes: ['ownerId', 'saga', 'trainingJobArn'],
};

const compilationJobs: CollectionShape<CompilationJobRow> = {
  name: 'compilation_jobs',
  key: 'compilationJobName',
  indexes: ['ownerId', 'saga', 'compilationJobArn'],
};

/** As the first migration made them. */
const firstShapes = {
  trainingJobs: { name: 'training_jobs', key: 'trainingJobName', indexes: ['ownerId', 'saga'] } satisfies CollectionShape<TrainingJobRow>,
};

export const sagemakerMigrations: readonly Migration[] = [
  collectionsMigration('sagemaker-0001', Object.values(firstShapes)),
  {
    id: 'sagemaker-0002',
    sql: `create table saga_journal (saga text not null, step text not null, state text not null, result text not null, primary key (saga, step)) strict, without rowid;`,
  },
  {
    // Resources are tagged by their ARNs.
    id: 'sagemaker-0003',
    sql: `alter table training_jobs add column "trainingJobArn" text generated always as (body ->> '$.trainingJobArn') virtual;
create index "training_jobs_trainingJobArn" on training_jobs ("trainingJobArn");`,
  },
  {
    id: 'sagemaker-0005',
    // Both go with their job.
    sql: `
      create table training_metrics (
        job text not null references training_jobs ("trainingJobName") on delete cascade, metric text not null,
        value real not null, at integer not null, primary key (job, metric)
      ) strict, without rowid;
      create table training_metric_lines (
        job text not null references training_jobs ("trainingJobName") on delete cascade, host text not null,
        lines integer not null, primary key (job, host)
      ) strict, without rowid;`,
  },
  collectionsMigration('sagemaker-0006', [compilationJobs]),
];

export class SageMakerStore {
  readonly #database: Database;
  readonly trainingJobs: Collection<TrainingJobRow>;
  readonly compilationJobs: Collection<CompilationJobRow>;

  constructor(database: Database) {
    this.#database = database;
    this.trainingJobs = new Collection(database, trainingJobs);
    this.compilationJobs = new Collection(database, compilationJobs);
  }

  /** How many jobs of each kind have each status. */
  countByStatus(): { readonly trainingJobs: Counts<TrainingJobStatus>; readonly compilationJobs: Counts<CompilationJobStatus> } {
    return { trainingJobs: this.#counts(trainingJobs.name), compilationJobs: this.#counts(compilationJobs.name) };
  }

  #counts<Status extends string>(table: string): Counts<Status> {
    const sql = `select body ->> '$.status' as status, count(*) as count from ${table} group by 1`;
    const rows = this.#database.all<{ status: Status; count: number }>(sql);
    return Object.fromEntries(rows.map(({ status, count }) => [status, count])) as Counts<Status>;
  }

  /** The first users of the ranges that jobs have now. */
  takenUidBases(): ReadonlySet<number> {
    const running = [...this.trainingJobs.list({ saga: 'running' }), ...this.compilationJobs.list({ saga: 'running' })];
    return new Set(running.flatMap(({ uidBase }) => (uidBase === undefined ? [] : [uidBase])));
  }

  /** The sagas that have begun and not ended. */
  journaledSagas(): ReadonlySet<string> {
    return new Set(this.#database.all<{ saga: string }>('select distinct saga from saga_journal').map(({ saga }) => saga));
  }

  journal(saga: string): ReadonlyMap<string, JournalEntry> {
    const rows = this.#database.all<{ step: string; state: JournalEntry['state']; result: string }>(
      'select step, state, result from saga_journal where saga = ?',
      saga,
    );
    return new Map(rows.map(({ step, state, result }) => [step, { step, state, result: JSON.parse(result) as unknown }]));
  }

  writeJournal(saga: string, { step, state, result }: JournalEntry): void {
    this.#database.run(
      'insert into saga_journal (saga, step, state, result) values (?, ?, ?, ?) on conflict (saga, step) do update set state = excluded.state, result = excluded.result',
      saga,
      step,
      state,
      JSON.stringify(result ?? null),
    );
  }

  /** The last value of each metric of a job. */
  metrics(job: string): readonly MetricValue[] {
    return this.#database.all<MetricValue>('select metric as name, value, at as timestamp from training_metrics where job = ?', job);
  }

  /** How many lines of an instance's log were read for metrics. */
  metricLines(job: string, host: string): number {
    const sql = 'select lines from training_metric_lines where job = ? and host = ?';
    return this.#database.get<{ lines: number }>(sql, job, host)?.lines ?? 0;
  }

  /** What the lines of an instance up to a number gave; an older value replaces no newer one of another instance. */
  writeMetrics(job: string, host: string, lines: number, values: readonly MetricValue[]): void {
    this.#database.run(
      'insert into training_metric_lines (job, host, lines) values (?, ?, ?) on conflict (job, host) do update set lines = excluded.lines',
      job,
      host,
      lines,
    );
    for (const { name, value, timestamp } of values) {
      this.#database.run(
        `insert into training_metrics (job, metric, value, at) values (?, ?, ?, ?)
          on conflict (job, metric) do update set value = excluded.value, at = excluded.at where excluded.at >= at`,
        job,
        name,
        value,
        timestamp,
      );
    }
  }

  deleteJournal(saga: string): void {
    this.#database.run('delete from saga_journal where saga = ?', saga);
  }
}
