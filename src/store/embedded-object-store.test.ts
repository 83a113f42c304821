import { describeObjectStore } from '../../test/contracts/object-store.contract.ts';
import { Database } from './database.ts';
import { s3Migrations } from './s3-migrations.ts';
import { S3Store } from './s3.ts';

describeObjectStore('in SQLite', () => {
  const { objects, blobs } = new S3Store(new Database(':memory:', s3Migrations));
  const keptBlobs = (): string[] => {
    // What nothing names any more waits to be unlinked.
    blobs.forget(blobs.listDropped(new Date('2100-01-01'), 1_000));
    return [...blobs.blobIds()];
  };
  return { objects, keptBlobs };
});
