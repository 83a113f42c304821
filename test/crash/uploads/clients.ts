import { Readable } from 'node:stream';
import * as S3 from '@aws-sdk/client-s3';
import type { Dice } from '../../differential/random-world.ts';
import { bytesOf } from '../../fixtures/bytes.ts';
import { bytesOfContent, type Content, type Ledger } from './ledger.ts';

export const Bucket = 'uploads';
const partBytes = 5 << 20;
/** No two bodies of so many bytes are alike. */
const distinctBytes = 16;
const hotKeys = ['hot/0', 'hot/1'] as const;

/** What many clients do at once until the daemon is gone. */
export class Clients {
  readonly #s3: S3.S3Client;
  readonly #ledger: Ledger;
  readonly #dice: Dice;
  readonly #names: string;
  #isOver = false;
  #numbers: number;
  /** What was refused, or failed, while the daemon was there. */
  readonly faults: string[] = [];

  /** @param round so that no two rounds write the same bytes or new keys */
  constructor(s3: S3.S3Client, ledger: Ledger, dice: Dice, round: number) {
    this.#s3 = s3;
    this.#ledger = ledger;
    this.#dice = dice;
    this.#names = `round-${round}`;
    this.#numbers = round * 1_000_000;
  }

  /** Ends when every client has found that nobody answers. */
  async run(count: number): Promise<void> {
    const kinds = [this.#stalled, this.#competing, this.#competing, this.#parts, this.#own, this.#own, this.#own, this.#own];
    await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const client = kinds[index % kinds.length] ?? this.#own;
        try {
          await client(index);
        } catch (error) {
          const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
          if (!this.#isOver || status !== undefined) this.faults.push(`client ${index}: ${status ?? 'no answer'}: ${String(error)}`);
        }
      }),
    );
  }

  /** The daemon is about to be killed. */
  end(): void {
    this.#isOver = true;
  }

  #content(...sizes: readonly number[]): Content {
    return { parts: sizes.map((size) => ({ number: (this.#numbers += 1), size })) };
  }

  #size(): number {
    const most = this.#dice.of([0, 1_000, 1_000, 1_000, 1_000, 64 << 10, 64 << 10, 64 << 10, 256 << 10, 256 << 10, 1 << 20, 1 << 20, 12 << 20]);
    return most === 0 ? 0 : distinctBytes + this.#dice.below(most);
  }

  async #change(key: string, content: Content | undefined, call: () => Promise<unknown>): Promise<void> {
    const attempt = this.#ledger.start(key, content);
    await call();
    this.#ledger.acknowledge(attempt);
  }

  async #put(Key: string): Promise<void> {
    const content = this.#content(this.#size());
    const Body = bytesOfContent(content);
    await this.#change(Key, content, async () => await this.#s3.send(new S3.PutObjectCommand({ Bucket, Key, Body })));
  }

  async #delete(Key: string): Promise<void> {
    await this.#change(Key, undefined, async () => await this.#s3.send(new S3.DeleteObjectCommand({ Bucket, Key })));
  }

  /** Objects of its own: new ones, and what becomes of those before. */
  readonly #own = async (client: number): Promise<void> => {
    const mine: string[] = [];
    for (let number = 0; !this.#isOver; number += 1) {
      const key = `${this.#names}/own/${client}/${number}`;
      const earlier = mine.length === 0 ? undefined : this.#dice.of(mine);
      const choice = this.#dice.below(10);
      if (earlier !== undefined && choice === 0) await this.#delete(earlier);
      else if (earlier !== undefined && choice < 3) await this.#put(earlier);
      else if (choice < 5) await this.#copied(key);
      else {
        await this.#put(key);
        mine.push(key);
      }
    }
  };

  /** A copy whose source is overwritten or deleted: the bytes that both name must stay for the one that is left. */
  async #copied(key: string): Promise<void> {
    const [source, copy] = [`${key}/source`, `${key}/copy`];
    const content = this.#content(this.#size());
    const Body = bytesOfContent(content);
    await this.#change(source, content, async () => await this.#s3.send(new S3.PutObjectCommand({ Bucket, Key: source, Body })));
    const CopySource = `${Bucket}/${source}`;
    await this.#change(copy, content, async () => await this.#s3.send(new S3.CopyObjectCommand({ Bucket, Key: copy, CopySource })));
    await (this.#dice.chance(50) ? this.#delete(source) : this.#put(source));
  }

  /** The same keys as others. */
  readonly #competing = async (): Promise<void> => {
    while (!this.#isOver) {
      const key = this.#dice.of(hotKeys);
      await (this.#dice.chance(10) ? this.#delete(key) : this.#put(key));
    }
  };

  readonly #parts = async (client: number): Promise<void> => {
    for (let number = 0; !this.#isOver; number += 1) {
      const Key = `${this.#names}/parts/${client}/${number}`;
      const { UploadId = '' } = await this.#s3.send(new S3.CreateMultipartUploadCommand({ Bucket, Key }));
      const upload = { uploadId: UploadId, key: Key, parts: new Map<number, Content['parts'][number]>(), isCompleting: false };
      this.#ledger.keys.add(Key);
      this.#ledger.uploads.set(UploadId, upload);
      const sizes = [...Array.from({ length: this.#dice.below(3) }, () => partBytes), this.#size()];
      const content = this.#content(...sizes);
      const parts: S3.CompletedPart[] = [];
      for (const [index, part] of content.parts.entries()) {
        const PartNumber = index + 1;
        const Body = bytesOf(part.number, part.size);
        const { ETag, ChecksumCRC32 } = await this.#s3.send(new S3.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
        upload.parts.set(PartNumber, part);
        parts.push({ PartNumber, ETag, ChecksumCRC32 });
      }
      // Some stay open.
      if (this.#dice.chance(20)) continue;
      upload.isCompleting = true;
      const complete = new S3.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } });
      await this.#change(Key, content, async () => await this.#s3.send(complete));
      this.#ledger.uploads.delete(UploadId);
    }
  };

  /** Sends half of a body, and no more: such an object must never be seen. */
  readonly #stalled = async (client: number): Promise<void> => {
    const Key = `${this.#names}/stalled/${client}`;
    const size = 64_000 + this.#dice.below(4 << 20);
    const half = bytesOf((this.#numbers += 1), size).subarray(0, size / 2);
    async function* body(): AsyncGenerator<Buffer> {
      yield half;
      await new Promise(() => undefined);
    }
    this.#ledger.keys.add(Key);
    await this.#s3.send(new S3.PutObjectCommand({ Bucket, Key, Body: Readable.from(body()), ContentLength: size }));
    this.faults.push(`${Key} was acknowledged after half of it`);
  };
}
