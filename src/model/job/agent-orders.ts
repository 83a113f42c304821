import type { compilationErrorFile, compilationFolders } from './compiler-contract.ts';

/** What the daemon asks of an instance's agent, and what comes back. Orders are idempotent: a new agent gets the same one. */
export type AgentOrder =
  | {
      readonly kind: 'download';
      readonly orderId: string;
      readonly channels: readonly AgentChannel[];
    }
  | {
      /** Makes the pipes of the first epoch. */
      readonly kind: 'open-pipes';
      readonly orderId: string;
      readonly channels: readonly AgentPipe[];
    }
  | {
      /** Streams into the pipes that this very agent opened, until it is told to finish. Another agent cannot go on. */
      readonly kind: 'stream';
      readonly orderId: string;
    }
  | {
      /** Copies checkpoints of earlier jobs into `checkpoints`. */
      readonly kind: 'restore-checkpoints';
      readonly orderId: string;
      readonly checkpoints: AgentCheckpoints;
    }
  | {
      /** Copies what is new in `checkpoints` out, until it is told to finish, and then what is left. */
      readonly kind: 'synchronise-checkpoints';
      readonly orderId: string;
      readonly checkpoints: AgentCheckpoints;
    }
  | {
      /** Finds what FastFile channels are made of; `text` of the result holds their sources (`parseSources`). */
      readonly kind: 'list';
      readonly orderId: string;
      readonly channels: readonly AgentChannel[];
    }
  | {
      /** Unpacks one object, a tar.gz, into a folder of `ml` that is empty then, and makes other folders there. */
      readonly kind: 'unpack';
      readonly orderId: string;
      readonly bucket: string;
      readonly key: string;
      readonly folder: string;
      readonly otherFolders: readonly string[];
    }
  | {
      readonly kind: 'upload';
      readonly orderId: string;
      readonly archives: readonly AgentArchive[];
    }
  | {
      /** One call to CloudWatch Logs, through the agent's interface. */
      readonly kind: 'call-logs';
      readonly orderId: string;
      readonly operation: string;
      /** As it goes over the wire. */
      readonly body: string;
    }
  | {
      /** The beginning of a file that the container wrote; the result's `text`, absent when there is no such file. */
      readonly kind: 'read';
      readonly orderId: string;
      readonly file: 'output/failure' | typeof compilationErrorFile;
      readonly charactersMax: number;
    };

/** A directory of the instance: archived as tar.gz and sent as one object, or as one object per file. Empty directories are no object. */
export interface AgentArchive {
  readonly directory: 'model' | 'output/data' | typeof compilationFolders.compiled;
  readonly compressionType: 'GZIP' | 'NONE';
  readonly bucket: string;
  /** `NONE`: what stands before the path of each file. */
  readonly key: string;
  /**
   * Peers (of the instance's spec) whose directory of the same name goes into the same archive: a job has one
   * model.tar.gz, with what all its instances left. Of files with the same name the first stays, this instance's before
   * its peers'. https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html
   */
  readonly peers?: readonly string[];
}

export interface AgentChannel {
  readonly channelName: string;
  readonly dataType: 'S3Prefix' | 'ManifestFile';
  readonly bucket: string;
  /** `ManifestFile`: the key of the manifest. */
  readonly prefix: string;
  /** `ShardedByS3Key`: this instance's share; `FullyReplicated`: index 0 of 1. */
  readonly shard: { readonly index: number; readonly count: number };
}

/** Where checkpoints are in S3: below a prefix that is empty or ends in a slash. */
export interface AgentCheckpoints {
  readonly bucket: string;
  readonly prefix: string;
}

/** A channel that is streamed, object after object. */
export interface AgentPipe extends AgentChannel {
  readonly compressionType: 'None' | 'Gzip';
  readonly recordWrapperType: 'None' | 'RecordIO';
  /** Another order of the objects in every epoch. */
  readonly shuffleSeed?: number;
}

/** A raw observation, not a cause: only the daemon words causes, after asking the network what it did. */
export interface AgentObservation {
  readonly kind:
    | 'lookup-failed'
    | 'no-answer'
    | 'connection-refused'
    | 'tls-failed'
    | 'http-status'
    | 'no-objects'
    /** What is to be unpacked is no archive, or one that is not unpacked. */
    | 'unusable-archive'
    /** The daemon could not give credentials of the role. */
    | 'no-credentials'
    /** The instance's own files: a key that is no file name, a full disk, more files than the limit. */
    | 'local-files'
    /** The agent that streamed ended: what the container has read is not known. */
    | 'interrupted';
  readonly host?: string;
  /** Of the host; of the resolver when the lookup failed. */
  readonly address?: string;
  readonly port?: number;
  readonly status?: number;
  /** S3's error code and message, when it answered; else the code of the system (`ETIMEDOUT`). */
  readonly code?: string;
  readonly message?: string;
  /** What was attempted: `GetObject s3://bucket/key`. */
  readonly attempted: string;
}

export type AgentResult =
  | {
      readonly orderId: string;
      readonly ok: true;
      readonly objects: number;
      readonly bytes: number;
      readonly text?: string;
      /** Of the archive that was sent last: BLAKE2b, hexadecimal. */
      readonly digest?: string;
    }
  | { readonly orderId: string; readonly ok: false; readonly observation: AgentObservation };

export interface AgentCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: string;
}

/** Given to the agent when it is started. Nothing in it is secret. Paths are those of the agent's own view. */
export interface AgentSettings {
  readonly instanceId: string;
  /** Tells this agent from an earlier one of the same instance that has not ended yet. */
  readonly agentId: string;
  /** The instance's directory on the host: how a daemon that remembers nothing finds the agent among all processes. */
  readonly directory: string;
  readonly region: string;
  /** Whom it asks for names, by the VPC's DHCP options. */
  readonly nameServers: readonly string[];
  readonly socketPath: string;
  readonly mlPath: string;
  /** Below it the `ml` of each peer, by its name. */
  readonly peersPath: string;
  /** Where lists of the files of FastFile channels go; out of the container's reach. */
  readonly listsPath: string;
  readonly certificateAuthoritiesPath: string;
  /** How long the agent lives without a daemon, ms. */
  readonly orphanMs: number;
  /** Only in tests: an endpoint other than AWS's names. */
  readonly s3Endpoint?: string;
}

/** Lines of JSON over the instance's socket, daemon to agent. */
export type DaemonMessage =
  | { readonly type: 'order'; readonly order: AgentOrder }
  | { readonly type: 'cancel'; readonly orderId: string }
  /** To an order that goes on until it is told: it ends in order, and gives its result. */
  | { readonly type: 'finish'; readonly orderId: string }
  | { readonly type: 'credentials'; readonly credentials: AgentCredentials }
  | { readonly type: 'no-credentials'; readonly message: string }
  /** Answered by `pong`, at once, whatever else is under way. */
  | { readonly type: 'ping' }
  | { readonly type: 'stop' };

/** Lines of JSON over the instance's socket, agent to daemon. */
export type AgentMessage =
  | { readonly type: 'hello'; readonly agentId: string }
  | { readonly type: 'pong' }
  | { readonly type: 'credentials-wanted' }
  | { readonly type: 'progress'; readonly orderId: string; readonly objects: number; readonly bytes: number }
  | { readonly type: 'result'; readonly result: AgentResult };

/** A longer line on the socket is a broken peer. A mebibyte of log lines may be six with its escapes. */
export const agentLineBytesMax = 8 << 20;
