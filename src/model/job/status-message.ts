import { instanceShare, instanceSizeOf, type MachineSize } from './instance-types.ts';
import { statusMessages, type TrainingSecondaryStatus } from './training-job.ts';

/** What a status message says beyond AWS's own words: everything of which a user might otherwise believe that it is done. */
export interface StatusNotes {
  /** Members that name a place for files which nothing writes. */
  readonly notCollected?: readonly string[];
  /** What the machine has less of than the instance type, as a sentence. */
  readonly capped?: string | undefined;
  /** The image that runs under another one's name. */
  readonly localImage?: string | undefined;
  /** What became of it otherwise than its user may think: whole sentences. */
  readonly remarks?: readonly (string | undefined)[];
  /** The image that its registry is asked for now. */
  readonly pulledImage?: string | undefined;
}

/** The message of a transition. Only a job that has not ended its training has notes: what comes later changes nothing of them. */
export function statusMessageOf(status: TrainingSecondaryStatus, notes: StatusNotes): string {
  return status === 'Starting' || status === 'Training' ? statusMessage(statusMessages[status], notes) : statusMessages[status];
}

/** AWS's message with Cloister's sentences after it. Nothing to say leaves it as it is, to the letter. */
export function statusMessage(awsMessage: string, { notCollected = [], capped, localImage, pulledImage, remarks = [] }: StatusNotes): string {
  const sentences = [
    localImage === undefined ? undefined : `TrainingImage is ${localImage} of the local store`,
    pulledImage === undefined ? undefined : `Downloading the training image ${pulledImage}`,
    capped,
    notCollected.length === 0 ? undefined : `Nothing is collected for ${listed(notCollected)}`,
    ...remarks.map((remark) => remark?.replace(/\.$/u, '')),
  ].filter((sentence) => sentence !== undefined);
  if (sentences.length === 0) return awsMessage;
  return [awsMessage.replace(/\.$/u, ''), ...sentences].map((sentence) => `${sentence}.`).join(' ');
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

const collectors = ['DebugHookConfig', 'TensorBoardOutputConfig', 'ProfilerConfig'] as const;

/**
 * The members of a request that name a place for files. The SageMaker SDK sends them by default, and nothing fills the place.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
function notCollected(request: Readonly<Record<string, unknown>>): readonly string[] {
  return collectors.filter((name) => {
    const config = request[name] as { readonly DisableProfiler?: boolean } | undefined;
    return config !== undefined && config.DisableProfiler !== true;
  });
}

/** What is to be said of a job on this machine. */
export function notesOf(request: object, machine: MachineSize, localImage?: string): StatusNotes {
  const { ResourceConfig } = request as { readonly ResourceConfig?: { readonly InstanceType?: string } };
  const instanceType = ResourceConfig?.InstanceType ?? '';
  const size = instanceSizeOf(instanceType);
  return {
    notCollected: notCollected(request as Readonly<Record<string, unknown>>),
    localImage,
    capped: size && instanceShare(instanceType, size, machine).capped,
  };
}
