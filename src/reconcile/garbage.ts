import { listBlobs, removeBlob } from '../store/blobs/blob-directory.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Store } from '../store/store.ts';
import type { Reconciler, ReconcileStatus } from './loop.ts';
