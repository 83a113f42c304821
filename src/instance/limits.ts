/** Connecting to S3, lookup included. With two attempts. */
export const s3ConnectMs = 5_000;
export const s3Attempts = 2;
/** S3 silent in the middle of an answer. */
export const s3IdleMs = 60_000;

/** A lookup at the VPC's resolver: two tries, the second waits longer; together less than `s3ConnectMs`. */
export const lookupTryMs = 1_400;
export const lookupTries = 2;

/** Objects that one order moves at a time. */
export const transfersMax = 8;
/** Objects of one channel. */
export const objectsMax = 1_000_000;
export const manifestBytesMax = 16 << 20;

/** S3 takes at most 10,000 parts; together 160 GiB in one archive. */
export const partBytes = 16 << 20;
export const partsMax = 10_000;
export const partsAtOnce = 3;
/** Files and folders in one archive. */
export const archiveEntriesMax = 1_000_000;

/** Between two attempts to find the daemon. */
export const reconnectMs = 1_000;
/** Results kept for a daemon that asks again. */
export const resultsKept = 16;
/** How often progress is told at most. */
export const progressMs = 1_000;
