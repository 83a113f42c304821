/** What the daemon asks of an instance's agent, and what comes back. Orders are idempotent: a new agent gets the same one. */
export type AgentOrder =
  | AgentReadOrder
  | {
      readonly kind: 'download';
      readonly orderId: string;
      readonly channels: readonly AgentChannel[];
    }
  | {
      readonly kind: 'upload';
      readonly orderId: string;
      /** Which directory of the instance: archived as tar.gz and sent as one object. */
      readonly archives: readonly { readonly directory: 'model' | 'output/data'; readonly bucket: string; readonly key: string }[];
    };

/**
 * Reads the head of a small file that the container may have written (`output/failure`), relative to the instance's `ml/`,
 * as UTF-8: the daemon itself opens no path that a container can write. A missing file is an empty text.
 */
export interface AgentReadOrder {
  readonly kind: 'read';
  readonly orderId: string;
  readonly file: 'output/failure';
  readonly bytesMax: number;
}

export interface AgentChannel {
  readonly channelName: string;
  readonly dataType: 'S3Prefix' | 'ManifestFile';
  readonly bucket: string;
  readonly prefix: string;
  /** `ShardedByS3Key`: this instance's share; `FullyReplicated`: index 0 of 1. */
  readonly shard: { readonly index: number; readonly count: number };
}

/** A raw observation, not a cause: only the daemon words causes, after asking the network what it did. */
export interface AgentObservation {
  readonly kind: 'lookup-failed' | 'no-answer' | 'connection-refused' | 'tls-failed' | 'http-status' | 'no-objects' | 'local-files';
  readonly host?: string;
  readonly address?: string;
  readonly port?: number;
  readonly status?: number;
  /** S3's error code and message, when it answered. */
  readonly code?: string;
  readonly message?: string;
  /** What was attempted: `GET s3://bucket/key`. */
  readonly attempted: string;
}

export type AgentResult =
  | { readonly orderId: string; readonly ok: true; readonly objects: number; readonly bytes: number; /** Of a `read`. */ readonly text?: string }
  | { readonly orderId: string; readonly ok: false; readonly observation: AgentObservation };

export interface AgentCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: string;
}
