import { setTimeout } from 'node:timers/promises';
import * as S3 from '@aws-sdk/client-s3';
import { withDeadline } from '../../../src/stdx/deadline.ts';
import { DaemonProcess, region } from '../../clients/daemon-process.ts';
import { Dice } from '../../differential/random-world.ts';
import { Bucket, Clients } from './clients.ts';
import { absent, Ledger } from './ledger.ts';
import { completeUploads, faultsOfDisk, faultsOfObjects, findObjects, inspectUploads } from './verify.ts';

const nothing = (): void => undefined;
/** Broken connections are what is meant to happen. */
const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
const clientsEndMs = 60_000;
const acknowledgedMs = 120_000;

/** What one life and death of a daemon showed. */
export interface Round {
  /** Calls that were acknowledged before the end. */
  readonly acknowledged: number;
  readonly objects: number;
  readonly openUploads: number;
  readonly faults: readonly string[];
}

/** A data directory whose daemon is killed, again and again, in the middle of many uploads. */
export class UploadBed {
  readonly daemon: DaemonProcess;
  readonly ledger = new Ledger();
  s3: S3.S3Client;
  readonly #dice: Dice;
  #round = 0;

  private constructor(daemon: DaemonProcess, seed: number) {
    this.daemon = daemon;
    this.#dice = new Dice(seed);
    this.s3 = this.#client();
  }

  static async make(seed: number): Promise<UploadBed> {
    const bed = new UploadBed(await DaemonProcess.start(), seed);
    await bed.s3.send(new S3.CreateBucketCommand({ Bucket }));
    return bed;
  }

  /** So many clients at work, SIGKILL at a moment by chance, and the next daemon. */
  async round(uploads: number): Promise<Round> {
    this.#round += 1;
    const before = this.ledger.acknowledged;
    const clients = new Clients(this.s3, this.ledger, this.#dice, this.#round);
    const running = clients.run(uploads);
    // Early, when everything is in its first body, or late, when every kind of call has been answered many times.
    const goal = before + 1 + this.#dice.below(uploads * 6);
    const delayMs = this.#dice.below(50);
    await withDeadline('acknowledgedMs', acknowledgedMs, this.#reached(goal, clients));
    await setTimeout(delayMs);
    clients.end();
    await this.daemon.stop('SIGKILL');
    this.s3.destroy();
    await withDeadline('clientsEndMs', clientsEndMs, running);
    await this.daemon.start();
    this.s3 = this.#client();
    const acknowledged = this.ledger.acknowledged - before;
    return { ...(await this.judged(clients.faults)), acknowledged };
  }

  /** What is there, and what is wrong with it. */
  async judged(faults: readonly string[] = []): Promise<Omit<Round, 'acknowledged'>> {
    const found = await findObjects(this.s3);
    const uploads = await inspectUploads(this.s3, this.ledger, found);
    const disk = await faultsOfDisk(this.daemon.dataDirectory, found, uploads.partBytes);
    const all = [...faults, ...found.faults, ...faultsOfObjects(this.ledger, found), ...uploads.faults, ...disk];
    const openUploads = this.ledger.uploads.size;
    if (all.length === 0) {
      for (const key of this.ledger.keys) this.ledger.settle(key, found.digests.get(key) ?? absent);
      all.push(...(await completeUploads(this.s3, this.ledger)));
    }
    return { objects: found.digests.size, openUploads, faults: all };
  }

  async dispose(): Promise<void> {
    this.s3.destroy();
    await this.daemon.dispose();
  }

  async #reached(goal: number, clients: Clients): Promise<void> {
    while (this.ledger.acknowledged < goal && clients.faults.length === 0) await setTimeout(5);
  }

  #client(): S3.S3Client {
    // Its pool is as large as the clients are many.
    const requestHandler = { httpAgent: { maxSockets: 1_000 } };
    const { endpoint, credentials } = this.daemon;
    return new S3.S3Client({ region, endpoint, credentials, maxAttempts: 1, forcePathStyle: true, requestHandler, logger: silent });
  }
}
