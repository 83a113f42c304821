import { inGiB } from './instance-types.ts';
import { cannotEncrypt } from './traffic-encryption.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html: at most 1,024 characters. */
export const failureReasonCharactersMax = 1_024;

/** AWS's words for what is no fault of the user. */
const internalError = 'InternalServerError: We encountered an internal error.  Please try again.';

/** `model`: the download of what is to be compiled. */
export type TransferDirection = 'download' | 'upload' | 'model';

/** What an instance had. */
export interface InstanceAtEnd {
  /** `algo-2` */
  readonly host: string;
  /** Of the job. */
  readonly instances: number;
  readonly instanceType: string;
  readonly memoryBytes: number;
  /** Processes that the kernel killed for the memory they took. */
  readonly memoryKills: number;
  readonly volume?: VolumeAtEnd | undefined;
}

export interface VolumeAtEnd {
  readonly host: string;
  readonly bytes: number;
  /** VolumeSizeInGB. The machine may have had less. */
  readonly askedBytes: number;
  readonly freeBytes: number;
  readonly freeFiles: number;
  /** What the machine itself has left: several volumes may promise more than that. */
  readonly hostFreeBytes: number;
}

/** The image has no such program, or may not run it. */
export interface NotStartable {
  readonly kind: 'not-startable';
  /** Whose code the image has: the user's, or a compiler for this target. */
  readonly owner: 'algorithm' | { readonly compilerFor: string };
  readonly image: string;
  /** `train: executable file not found in $PATH` */
  readonly reason: string;
}

/** Everything that a job fails by, as it was seen. */
export type JobFailureCause =
  /** A container ended with another exit code than 0. */
  | {
      readonly kind: 'algorithm';
      readonly exitCode: number;
      /** The text of `/opt/ml/output/failure`. */
      readonly failure: string | undefined;
      readonly instance: InstanceAtEnd;
      /** Which packets of the job's code the network refused; empty when none. */
      readonly refusedPackets: string;
    }
  | { readonly kind: 'no-space'; readonly direction: TransferDirection; readonly attempted: string; readonly volume: VolumeAtEnd | undefined }
  | {
      readonly kind: 's3-refused';
      readonly direction: TransferDirection;
      readonly code: string;
      readonly status: number;
      readonly message: string;
      readonly attempted: string;
    }
  /** Files, credentials, or no objects: the agent's own words. */
  | { readonly kind: 'transfer'; readonly direction: TransferDirection; readonly message: string; readonly attempted: string }
  /** The network does not lead to S3; `cause` says what stands in the way. */
  | { readonly kind: 'unreachable'; readonly direction: TransferDirection; readonly cause: string }
  /** A registry did not give the image; `message` is what the program that pulls said. */
  | { readonly kind: 'image'; readonly image: string; readonly message: string }
  | NotStartable
  /** The input of a compilation job is no archive, or not one that is unpacked. */
  | { readonly kind: 'untar'; readonly detail: string }
  /** A compiler ended with another exit code than 0, or left nothing. */
  | {
      readonly kind: 'compiler';
      readonly target: string;
      readonly exitCode: number;
      /** What the compiler's error file says. */
      readonly error: string | undefined;
      readonly instance: InstanceAtEnd;
      readonly refusedPackets: string;
    }
  /** What the instances send each other cannot be encrypted; `detail` says what stands in the way. */
  | { readonly kind: 'no-tunnel'; readonly detail: string }
  /** What encrypts at one instance is gone. */
  | { readonly kind: 'tunnel-lost'; readonly host: string }
  /** Cloister's own trouble, with what is known of it. */
  | { readonly kind: 'internal'; readonly detail?: string };

/** AWS's prefixes, verbatim (no space after the second colon), and how it ends the sentence about the network. */
const transferWords = {
  download: { prefix: 'ClientError: Data download failed:', end: '.' },
  upload: { prefix: 'ClientError: Artifact upload failed:', end: '' },
  // https://docs.aws.amazon.com/sagemaker/latest/dg/neo-troubleshooting-compilation.html
  model: { prefix: 'ClientError: InputConfiguration: ', end: '.' },
} as const;

const networkSentence =
  "Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the security groups and the subnet's network ACL allow outbound traffic to S3";

const untarSentence = 'ClientError: InputConfiguration: Unable to untar input model. Please confirm the model is a tar.gz file';

/** https://github.com/aws/sagemaker-python-sdk/issues/128, https://github.com/huggingface/blog/issues/114 */
const noSpace = 'Insufficient disk space';

/** https://github.com/aws/sagemaker-python-sdk/issues/57 */
const noImage = 'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.';

/** As reports of users quote it; AWS publishes no list. */
const noMemory = 'ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance.';

/** The exit code of a process that was killed by SIGKILL. */
const killedExitCode = 137;

/** Less than this, and a volume counts as full: what a program wanted to write at once is not known. */
const fullBytes = 1 << 20;
/** The same of the machine. The kernel writes a volume in large pieces, and others write, too. */
const hostFullBytes = 64 << 20;

/** FailureReason: AWS's text first, then what Cloister knows of it. Never more than AWS shows. */
export function failureReason(cause: JobFailureCause): string {
  switch (cause.kind) {
    case 'algorithm':
      return algorithmReason(cause);
    case 'no-space':
      return limited(`${transferWords[cause.direction].prefix}${noSpace}. ${didNotFit(cause.volume)} (${cause.attempted})`);
    case 's3-refused':
      if (cause.direction === 'model' && missingCodes.has(cause.code)) return limited(missingModel(cause.attempted));
      return limited(`${transferWords[cause.direction].prefix}${cause.code} (${cause.status}): ${cause.message} (${cause.attempted})`);
    case 'transfer':
      return limited(`${transferWords[cause.direction].prefix}${cause.message} (${cause.attempted})`);
    case 'unreachable':
      return limited(`${transferWords[cause.direction].prefix}${networkSentence}${transferWords[cause.direction].end} ${cause.cause}`);
    case 'image':
      return limited(`${noImage} ${cause.image} was not pulled: ${cause.message}`);
    case 'not-startable':
      return limited(notStartableReason(cause));
    case 'untar':
      return limited(`${untarSentence}. ${cause.detail}.`);
    case 'compiler':
      return compilerReason(cause);
    case 'no-tunnel':
      return limited(`ClientError: ${cannotEncrypt(cause.detail)}`);
    case 'tunnel-lost':
      return limited(`${internalError} What encrypts the traffic of ${cause.host} ended before the job; nothing was sent unencrypted.`);
    case 'internal':
      return limited(cause.detail === undefined ? internalError : `${internalError} ${cause.detail}`);
  }
}

const limited = (text: string): string => text.slice(0, failureReasonCharactersMax);

const missingCodes: ReadonlySet<string> = new Set(['NoSuchKey', 'NoSuchBucket']);

function missingModel(attempted: string): string {
  const { bucket = '', key = '' } = /s3:\/\/(?<bucket>[^/]+)\/(?<key>.*)$/su.exec(attempted)?.groups ?? {};
  return `${transferWords.model.prefix}S3 object does not exist. Bucket: ${bucket}, Key: ${key}`;
}

/** AWS's sentence as reports of users quote it; AWS publishes no list. */
function notStartableReason({ owner, image, reason }: NotStartable): string {
  if (owner !== 'algorithm')
    return `ClientError: CompilationError: Unable to compile model for ${owner.compilerFor}: ${image} cannot start (${reason})`;
  return `ClientError: CannotStartContainerError. Please make sure the container can be run with 'docker run ${image} train'. It cannot start: ${reason}.`;
}

/** What Cloister knows beyond the code's own words. */
function knownOf({ instance, refusedPackets }: { readonly instance: InstanceAtEnd; readonly refusedPackets: string }): string[] {
  const { memoryKills, volume } = instance;
  return [
    refusedPackets,
    memoryKills > 0 ? killedForMemory(instance) : '',
    volume !== undefined && isFull(volume) ? `The volume of ${volume.host} is full: ${sizeOf(volume)}.` : '',
    volume !== undefined && isHostFull(volume) ? hostIsFull(volume) : '',
  ].filter((sentence) => sentence !== '');
}

/** `InputConfiguration: …`, as every reason of Neo's begins. */
const kindOfError = /^[A-Z]\w*: /u;

/** As Neo words the errors of its compilers: https://github.com/aws/amazon-sagemaker-examples/issues/2315 */
function compilerReason(cause: Extract<JobFailureCause, { kind: 'compiler' }>): string {
  const ended = cause.exitCode === 0 ? 'it left nothing to upload' : `the compiler ended with exit code ${cause.exitCode} and says nothing`;
  const { error = ended } = cause;
  const said = kindOfError.test(error) ? error : `CompilationError: Unable to compile model for ${cause.target}: ${error}`;
  const prefix = 'ClientError: ';
  const suffix = knownOf(cause)
    .map((sentence) => ` ${sentence}`)
    .join('')
    .slice(0, failureReasonCharactersMax / 2);
  return `${prefix}${said.slice(0, failureReasonCharactersMax - prefix.length - suffix.length)}${suffix}`;
}

/** What the code said of itself gives way to what Cloister knows. */
function algorithmReason({ exitCode, failure = '', instance, refusedPackets }: Extract<JobFailureCause, { kind: 'algorithm' }>): string {
  const { memoryKills } = instance;
  const known = knownOf({ instance, refusedPackets });
  if (known.length === 0 && instance.instances > 1) known.push(`It was ${instance.host} of ${instance.instances} instances; the others were ended.`);
  // Nothing but the kernel ended it: it could not say anything.
  if (memoryKills > 0 && exitCode === killedExitCode && failure === '') return limited([noMemory, ...known].join(' '));
  const prefix = 'AlgorithmError: ';
  const suffix = `, exit code: ${exitCode}${known.length === 0 ? '' : `. ${known.join(' ')}`}`.slice(0, failureReasonCharactersMax / 2);
  return `${prefix}${failure.slice(0, failureReasonCharactersMax - prefix.length - suffix.length)}${suffix}`;
}

function killedForMemory({ host, memoryKills, memoryBytes, instanceType }: InstanceAtEnd): string {
  const processes = memoryKills === 1 ? 'a process' : `${memoryKills} processes`;
  return `The kernel killed ${processes} of ${host}: all of its ${inGiB(memoryBytes)} of memory (${instanceType}) were in use.`;
}

/** The machine could not give what the volume promised: writes then fail with an error of the device. */
export const isHostFull = (volume: VolumeAtEnd): boolean => !isFull(volume) && volume.hostFreeBytes < hostFullBytes;

const isFull = ({ freeBytes, freeFiles }: Pick<VolumeAtEnd, 'freeBytes' | 'freeFiles'>): boolean => freeBytes < fullBytes || freeFiles === 0;

const hostIsFull = ({ host, bytes, freeBytes }: VolumeAtEnd): string =>
  `The disk of this machine is full: the volume of ${host} holds ${inGiB(bytes - freeBytes)} of its ${inGiB(bytes)} and cannot grow. Free space on it, or run fewer jobs at once.`;

function didNotFit(volume: VolumeAtEnd | undefined): string {
  if (volume !== undefined && isHostFull(volume)) return hostIsFull(volume);
  return volume === undefined ? 'The volume is full' : `The volume of ${volume.host} has ${sizeOf(volume)}`;
}

/** "1 GiB (VolumeSizeInGB 1)" */
function sizeOf({ bytes, askedBytes, freeFiles }: VolumeAtEnd): string {
  const asked = `VolumeSizeInGB ${Math.round(askedBytes / 2 ** 30)}`;
  const files = freeFiles === 0 ? ' and room for no more files' : '';
  // The tables of the file system take a few percent of it.
  const isLess = bytes < askedBytes * 0.9;
  return isLess ? `${inGiB(bytes)}${files}, as this machine had no more for it (${asked})` : `${inGiB(askedBytes)}${files} (${asked})`;
}
