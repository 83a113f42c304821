import { join } from 'node:path';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { AgentCheckpoints } from '../model/job/agent-orders.ts';
import { sleep } from '../stdx/deadline.ts';
import { inTurns } from '../stdx/in-turns.ts';
import { listPrefix } from './channel-objects.ts';
import { fetchPlaced, placeObjects } from './download.ts';
import { filesAtOnce, synchroniseMs } from './limits.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';
import { walkTree, type TreeEntry } from './tree.ts';
import { uploadFile } from './upload-tree.ts';

type FileEntry = Extract<TreeEntry, { readonly kind: 'file' }>;

/** What a file's content is told by: written again, it has another one. */
type Version = string;
const versionOf = ({ status }: FileEntry): Version => `${status.ino} ${status.size} ${status.mtimeMs}`;

/**
 * The directory of checkpoints and its place in S3: copied in before the container starts, then out. Later changes in S3
 * are not looked for. https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
 */
export class Checkpoints {
  readonly #storage: Storage;
  readonly #directory: string;
  readonly #to: AgentCheckpoints;
  /** What S3 holds of this instance's files. A new agent knows of none: it stores again, and deletes nothing. */
  readonly #stored = new Map<string, Version>();
  /** As the last look found them: one that is still so is not being written. */
  #seen = new Map<string, Version>();

  constructor(storage: Storage, directory: string, to: AgentCheckpoints) {
    this.#storage = storage;
    this.#directory = directory;
    this.#to = to;
  }

  /** Copies in what is there. Nothing is the beginning of a first job. */
  async restore(transfer: Transfer): Promise<void> {
    const objects = await listPrefix(this.#storage, this.#to, transfer);
    const placed = { folder: this.#directory, ...placeObjects(objects) };
    // The container's users continue these files.
    await fetchPlaced(this.#storage, [placed], { folder: 0o777, file: 0o666 }, join(this.#directory, '..'), transfer);
    for await (const entry of walkTree(this.#directory)) {
      if (entry.kind !== 'file') continue;
      await entry.file.close();
      this.#stored.set(entry.path, versionOf(entry));
    }
  }

  /** Copies out what is new until told to finish, and then what is left. What fails meanwhile is tried again the next time. */
  async synchronise(transfer: Transfer, finish: AbortSignal): Promise<void> {
    while (!finish.aborted) {
      await sleep(synchroniseMs, AbortSignal.any([finish, transfer.signal]));
      transfer.signal.throwIfAborted();
      if (!finish.aborted) await this.#pass(transfer, false).catch(() => undefined);
    }
    await this.#pass(transfer, true);
  }

  async #pass(transfer: Transfer, isLast: boolean): Promise<void> {
    const now = new Map<string, Version>();
    const failures: unknown[] = [];
    // One file that cannot be stored keeps no other.
    const whatever = async (work: Promise<void>): Promise<void> => await work.catch((error: unknown) => void failures.push(error));
    await inTurns(this.#changed(now, isLast), filesAtOnce, async (entry) => await whatever(this.#store(entry, transfer)));
    this.#seen = now;
    const gone = [...this.#stored.keys()].filter((path) => !now.has(path));
    await inTurns(gone, filesAtOnce, async (path) => await whatever(this.#delete(path, transfer)));
    if (failures.length > 0) throw failures[0];
  }

  /** Files that S3 does not hold as they are. Links are left where they are, and nothing is read through them. */
  async *#changed(now: Map<string, Version>, isLast: boolean): AsyncGenerator<FileEntry> {
    for await (const entry of walkTree(this.#directory)) {
      if (entry.kind !== 'file') continue;
      const version = versionOf(entry);
      now.set(entry.path, version);
      const isStable = isLast || this.#seen.get(entry.path) === version;
      if (isStable && this.#stored.get(entry.path) !== version) yield entry;
      else await entry.file.close();
    }
  }

  async #store(entry: FileEntry, transfer: Transfer): Promise<void> {
    // Written meanwhile, it has another version, and is stored again the next time.
    await uploadFile(this.#storage, entry, { bucket: this.#to.bucket, key: `${this.#to.prefix}${entry.path}` }, transfer);
    this.#stored.set(entry.path, versionOf(entry));
  }

  async #delete(path: string, transfer: Transfer): Promise<void> {
    const { bucket, prefix } = this.#to;
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: `${prefix}${path}` });
    const { client } = this.#storage;
    await this.#storage.attempt('DeleteObject', bucket, `${prefix}${path}`, () => client.send(command, { abortSignal: transfer.signal }));
    this.#stored.delete(path);
  }
}
