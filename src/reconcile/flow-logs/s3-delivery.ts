import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { deliveryAcl, deliveryPrincipal, deliverySourceArn } from '../../model/flow-logs/delivery.ts';
import { headerLine, parseLogFormat } from '../../model/flow-logs/format.ts';
import { objectKey, slotOf } from '../../model/flow-logs/object-key.ts';
import { assert } from '../../stdx/assert.ts';
import { blobPath, removeBlob } from '../../store/blobs/blob-directory.ts';
import { receiveBlob } from '../../store/blobs/receive-blob.ts';
import type { FlowLogBatchRow, FlowLogRow, S3Destination } from '../../store/flow-logs.ts';
import type { FlowLogServices } from './services.ts';

/** To S3, as the delivery service, which the bucket's policy must let in: one file for each five minutes, gzip text with a header line. */
export class S3Delivery {
  readonly #services: FlowLogServices;

  constructor(services: FlowLogServices) {
    this.#services = services;
  }

  async send(
    row: FlowLogRow,
    destination: S3Destination,
    batches: readonly FlowLogBatchRow[],
    delivered: (batchIds: readonly string[]) => void,
  ): Promise<void> {
    const slots = Map.groupBy(batches, ({ endMs }) => slotOf(endMs));
    for (const [slotMs, ofSlot] of slots) {
      await this.#putFile(row, destination, slotMs, ofSlot);
      delivered(ofSlot.map(({ batchId }) => batchId));
    }
  }

  async #putFile(row: FlowLogRow, destination: S3Destination, slotMs: number, batches: readonly FlowLogBatchRow[]): Promise<void> {
    const { region, accountId, call } = this.#services;
    const text = fileText(row, batches);
    // Of the same batches the same file, under the same key: who delivers again after a crash writes nothing twice.
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
    const Key = objectKey({ ...destination, accountId, region, flowLogId: row.flowLogId, slotMs, hash });
    const sourceArn = deliverySourceArn({ region, accountId }, row.flowLogId);
    const input = { Bucket: destination.bucketName, Key, ACL: deliveryAcl, ContentType: 'application/x-gzip', ExpectedBucketOwner: accountId };
    const received = await this.#store(gzipSync(text));
    try {
      await call(
        's3',
        'PutObject',
        input,
        { type: 'service', service: deliveryPrincipal },
        { servicePrincipal: deliveryPrincipal, sourceArn, received },
      );
    } catch (error) {
      await removeBlob(this.#services.blobDirectory, received.blobId);
      throw error;
    }
  }

  async #store(bytes: Buffer) {
    const { random, blobDirectory } = this.#services;
    const blobId = random.uuid();
    const size = await receiveBlob(Readable.from([bytes]), blobPath(blobDirectory, blobId), { maxBytes: bytes.length });
    return { blobId, size, md5: createHash('md5').update(bytes).digest('hex'), checksums: {} };
  }
}

function fileText({ logFormat }: FlowLogRow, batches: readonly FlowLogBatchRow[]): string {
  const format = parseLogFormat(logFormat);
  assert(!('problem' in format), 'a stored format is a format');
  return [headerLine(format), ...batches.flatMap(({ events }) => events.map(({ message }) => message)), ''].join('\n');
}
