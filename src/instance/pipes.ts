import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentPipe } from '../model/job/agent-orders.ts';
import { inTurns } from '../stdx/in-turns.ts';
import { channelObjects, refuse, type ChannelObject } from './channel-objects.ts';
import { FifoWriter, makeFifo, NobodyReads, openFifo } from './fifo.ts';
import { listsMax } from './limits.ts';
import { shardOf } from './object-path.ts';
import { pipeBytes } from './pipe-bytes.ts';
import { ReadAhead } from './read-ahead.ts';
import { shuffled } from './shuffle.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';

interface OpenPipe {
  readonly channel: AgentPipe;
  readonly objects: readonly ChannelObject[];
}

/** What an instance streams in one epoch, in order. Markers of folders hold nothing. */
export function objectsOfEpoch(objects: readonly ChannelObject[], { shuffleSeed, shard }: AgentPipe, epoch: number): readonly ChannelObject[] {
  const contents = objects.filter(({ key, seen }) => !(key.endsWith('/') && seen?.size === 0));
  return shardOf(shuffleSeed === undefined ? contents : shuffled(contents, shuffleSeed, epoch), shard);
}

/**
 * The channels of an instance that are streamed: for each a named pipe per epoch, the next one made as soon as the
 * container opens the one before. https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
 */
export class Pipes {
  readonly #storage: Storage;
  readonly #folder: string;
  readonly #pipes: readonly OpenPipe[];
  #failure: unknown;

  private constructor(storage: Storage, folder: string, pipes: readonly OpenPipe[]) {
    this.#storage = storage;
    this.#folder = folder;
    this.#pipes = pipes;
  }

  /** Finds the objects, and makes the pipes of the first epoch: from now on the container can open them. */
  static async open(storage: Storage, channels: readonly AgentPipe[], folder: string, transfer: Transfer): Promise<Pipes> {
    const pipes: OpenPipe[] = [];
    await inTurns(channels, listsMax, async (channel) => {
      pipes.push({ channel, objects: await channelObjects(storage, channel, transfer) });
    });
    const opened = new Pipes(storage, folder, pipes);
    for (const { channel } of pipes) await makeFifo(opened.#path(channel, 0));
    return opened;
  }

  /** Streams until the signal says that the container has ended. The failure of one channel ends all. */
  async stream(transfer: Transfer, finish: AbortSignal): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const failed = new AbortController();
    const signal = AbortSignal.any([transfer.signal, finish, failed.signal]);
    const channels = this.#pipes.map(async (pipe) => {
      try {
        await this.#streamChannel(pipe, transfer, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#failure = error;
        failed.abort();
      }
    });
    await Promise.all(channels);
    if (this.#failure !== undefined) throw this.#failure;
    transfer.signal.throwIfAborted();
  }

  #path({ channelName }: AgentPipe, epoch: number): string {
    return join(this.#folder, `${channelName}_${epoch}`);
  }

  async #streamChannel(pipe: OpenPipe, transfer: Transfer, signal: AbortSignal): Promise<void> {
    for (let epoch = 0; ; epoch += 1) {
      const path = this.#path(pipe.channel, epoch);
      const writer = new FifoWriter(await openFifo(path, signal));
      await makeFifo(this.#path(pipe.channel, epoch + 1));
      try {
        await this.#streamEpoch(pipe, epoch, writer, { ...pick(transfer), signal });
      } catch (error) {
        // An algorithm may have enough of an epoch. After any other failure the pipe stays open: its end would look like the data's.
        if (!(error instanceof NobodyReads)) throw error;
      }
      writer.close();
      await rm(path, { force: true });
    }
  }

  async #streamEpoch({ channel, objects }: OpenPipe, epoch: number, writer: FifoWriter, transfer: Transfer): Promise<void> {
    const own = objectsOfEpoch(objects, channel, epoch);
    const reader = new ReadAhead(this.#storage, own, transfer.signal);
    try {
      for (const object of own) {
        const read = (await reader.next()) ?? refuse(`GetObject s3://${object.bucket}/${object.key}`, 'the object was not read');
        for await (const bytes of pipeBytes(object, read, channel)) {
          await writer.write(bytes, transfer.signal);
          transfer.moved(0, bytes.length);
        }
        transfer.moved(1, 0);
      }
    } finally {
      reader.close();
    }
  }
}

const pick = (transfer: Transfer): Pick<Transfer, 'moved'> => ({ moved: (objects, bytes) => transfer.moved(objects, bytes) });
