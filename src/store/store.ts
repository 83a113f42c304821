import { Database } from './database.ts';
import { Ec2Store, ec2Migrations } from './ec2.ts';
import { flowLogMigrations, FlowLogStore } from './flow-logs.ts';
import { IamStore, iamMigrations, rootKeys } from './iam.ts';
import { IdentifierStore, identifierMigrations, lastingTables } from './identifiers.ts';
import { LogsStore, logsMigrations } from './logs.ts';
import { s3Migrations } from './s3-migrations.ts';
import { S3Store } from './s3.ts';
import { SageMakerStore, sagemakerMigrations } from './sagemaker.ts';

/** Tables that stay, and the rows of the others that do. */
const outlasting = { tables: ['migrations', ...lastingTables], rows: { iam_access_keys: rootKeys } };

/** Desired state and history: the only truth. Services write it; reconcilers bring the machine to it. */
export class Store {
  readonly #database: Database;
  readonly identifiers: IdentifierStore;
  readonly ec2: Ec2Store;
  readonly iam: IamStore;
  readonly s3: S3Store;
  readonly logs: LogsStore;
  readonly sagemaker: SageMakerStore;
  readonly flowLogs: FlowLogStore;

  /** `path` is a file, or `:memory:`. */
  constructor(path: string) {
    const migrations = [
      ...identifierMigrations,
      ...ec2Migrations,
      ...iamMigrations,
      ...s3Migrations,
      ...logsMigrations,
      ...sagemakerMigrations,
      ...flowLogMigrations,
    ];
    this.#database = new Database(path, migrations);
    this.identifiers = new IdentifierStore(this.#database);
    this.ec2 = new Ec2Store(this.#database);
    this.iam = new IamStore(this.#database);
    this.s3 = new S3Store(this.#database);
    this.logs = new LogsStore(this.#database);
    this.sagemaker = new SageMakerStore(this.#database);
    this.flowLogs = new FlowLogStore(this.#database);
  }

  /** See `Database.transact`: all or nothing, synchronous, durable when it returns. */
  transact: Database['transact'] = (fn) => this.#database.transact(fn);

  /** Forgets everything but what must outlive it: the ids and numbers that were given, and the root key. */
  forget(): void {
    this.#database.clear(outlasting);
  }

  close(): void {
    this.#database.close();
  }
}
