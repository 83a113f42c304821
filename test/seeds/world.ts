import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DaemonParts } from '../../src/daemon/parts.ts';
import { ProcessError, run } from '../../src/drivers/process/process.ts';
import { SeedDaemon } from './seed-daemon.ts';

const folderPrefix = 'seeds';

/** Everything one run of the table makes on this machine: daemons, and what it puts beside them. Closing it leaves nothing. */
export class World {
  readonly #folder: string;
  /** Undefined: this is the run itself, not one of its rows. */
  readonly #run: World | undefined;
  readonly #daemons: Promise<SeedDaemon>[] = [];
  readonly #cleanups: (() => Promise<void>)[] = [];
  #whole: Promise<SeedDaemon> | undefined;
  readonly #shared = new Map<string, Promise<unknown>>();
  #made = 0;

  private constructor(folder: string, run?: World) {
    this.#folder = folder;
    this.#run = run;
  }

  /** Also removes what runs that were killed left: their folders hold their process ids. */
  static async open(): Promise<World> {
    for (const name of readdirSync(tmpdir())) {
      const pid = /^seeds(?<pid>\d+)-/u.exec(name)?.groups?.['pid'];
      if (pid !== undefined && !existsSync(`/proc/${pid}`)) await removeAll(join(tmpdir(), name), pid);
    }
    return new World(mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`)));
  }

  /** What one row makes: it goes when the row ends, so that the last row has as much of the machine as the first. */
  forRow(): World {
    return new World(mkdtempSync(join(this.#folder, 'row-')), this);
  }

  /** What several rows share is made here. */
  get run(): World {
    return this.#run ?? this;
  }

  /** The daemon of all rows that need the product as it is. */
  async whole(): Promise<SeedDaemon> {
    if (this.#run !== undefined) return await this.#run.whole();
    this.#whole ??= this.daemon();
    return await this.#whole;
  }

  /** A daemon of its own, composed of other parts. */
  async daemon(parts: Partial<DaemonParts> = {}): Promise<SeedDaemon> {
    const daemon = SeedDaemon.start(join(this.#folder, `d${this.#number()}`), parts);
    this.#daemons.push(daemon);
    return await daemon;
  }

  /** What several proofs of a row look at: made by the first of them. */
  async shared<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#shared.get(key) ?? make();
    this.#shared.set(key, known);
    return (await known) as T;
  }

  /** A name for a job, bucket or role that nothing else in this run has. */
  name(word: string): string {
    return `${word}-${this.#number()}`;
  }

  /** A network namespace beside those of the daemons. */
  namespaceName(): string {
    return `${namespacePrefix(process.pid)}${this.#number()}`;
  }

  /** Not given to anything else in this run. */
  #number(): number {
    if (this.#run !== undefined) return this.#run.#number();
    this.#made += 1;
    return this.#made;
  }

  onClose(cleanup: () => Promise<void>): void {
    this.#cleanups.push(cleanup);
  }

  async close(): Promise<void> {
    const daemons = await Promise.allSettled(this.#daemons);
    await Promise.allSettled(this.#cleanups.map(async (cleanup) => await cleanup()));
    await Promise.allSettled(daemons.map(async (daemon) => (daemon.status === 'fulfilled' ? await daemon.value.stop() : undefined)));
    await (this.#run === undefined ? removeAll(this.#folder, String(process.pid)) : purgeAll(this.#folder));
  }
}

const namespacePrefix = (pid: number | string): string => `seeds${pid}n`;

async function removeAll(folder: string, pid: string): Promise<void> {
  const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  for (const name of namespaces.filter((candidate) => candidate.startsWith(namespacePrefix(pid)))) {
    await run(['ip', 'netns', 'del', name]).catch((error: unknown) => {
      if (!(error instanceof ProcessError)) throw error;
    });
  }
  // Rows that were cut short first.
  for (const name of readdirSync(folder).filter((candidate) => candidate.startsWith('row-'))) await purgeAll(join(folder, name));
  await purgeAll(folder);
}

/** Data directories, and all that their daemons left in the kernel. */
async function purgeAll(folder: string): Promise<void> {
  const purge = new URL('../../src/daemon/purge.ts', import.meta.url).pathname;
  const node = [process.execPath, '--disable-warning=ExperimentalWarning'] as const;
  const purges = await Promise.allSettled(readdirSync(folder).map(async (name) => await run([...node, purge, '--data', join(folder, name)])));
  const failures = purges.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures, `${folder} is left`);
  rmSync(folder, { recursive: true, force: true });
}
