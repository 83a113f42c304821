/**
 * Connecting to S3, lookup included. Once: the daemon asks the network what it did before it orders the same again, so a
 * job without a route fails after one wait, and an outage is waited out.
 */
export const s3ConnectMs = 5_000;
/** Of a call that S3 answered with trouble of its own (5xx, SlowDown), or whose body broke off. */
export const s3Attempts = 2;
export const s3AgainMs = 500;
/** Of one call to CloudWatch Logs, lookup included: lines wait meanwhile. */
export const logsCallMs = 4_000;
/** Credentials that end sooner are asked for anew. */
export const credentialsMarginMs = 5 * 60_000;
/** S3 silent in the middle of an answer. */
export const s3IdleMs = 60_000;

/** A lookup at the VPC's resolver: two tries, the second waits longer; together less than `s3ConnectMs`. */
export const lookupTryMs = 1_400;
export const lookupTries = 2;

/** Requests that one order has under way at a time. */
export const transfersMax = 16;
/** Channels whose objects are listed at a time. */
export const listsMax = 4;
/** An object that is larger is read in ranges of this size, several at a time. */
export const rangeBytes = 16 << 20;
/** What a range writes at a time. */
export const writeBytes = 1 << 20;
/** How often an object that changes while it is read is begun anew. */
export const changesMax = 3;
/** Objects of one channel. */
export const objectsMax = 1_000_000;
export const manifestBytesMax = 16 << 20;

/** Of a pipe: what is read at a time, and how much of it before its turn. */
export const pieceBytes = 4 << 20;
export const aheadBytes = 16 << 20;
export const aheadPieces = 8;
/** How long the stream of a running job waits for S3 to come back, as when the daemon is replaced. */
export const outageMs = 30_000;
export const outageAgainMs = 500;
/** How often an unopened pipe is tried. */
export const fifoPollMs = 20;
/** Of a compressed object that becomes one record, unpacked. */
export const unpackedRecordBytesMax = 256 << 20;

/** Of an archive that is unpacked, all together: a small one may hold a thousand times its size. */
export const unpackedArchiveBytesMax = 16 * 2 ** 30;

/** S3 takes at most 10,000 parts; together 160 GiB in one archive. */
export const partBytes = 16 << 20;
export const partsMax = 10_000;
export const partsAtOnce = 3;
/** Files and folders in one tree of the container's. */
export const treeEntriesMax = 1_000_000;
/** Files that become objects of their own, sent at a time. */
export const filesAtOnce = 8;

/** Between two looks at the directory of checkpoints. */
export const synchroniseMs = 5_000;

/** Between two attempts to find the daemon. */
export const reconnectMs = 1_000;
/** Results kept for a daemon that asks again. */
export const resultsKept = 16;
/** How often progress is told at most. */
export const progressMs = 1_000;
