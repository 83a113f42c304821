import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Objective = 'binary:logistic' | 'multi:softprob' | 'reg:squarederror';

export interface Parameters {
  readonly objective: Objective;
  /** Trees per round: one per class, or 1. */
  readonly classes: number;
  readonly rounds: number;
  readonly maxDepth: number;
  readonly eta: number;
  readonly lambda: number;
  readonly gamma: number;
  readonly minChildWeight: number;
  readonly maxBins: number;
  readonly peerPort: number;
  readonly peerWaitMs: number;
}

export interface Configuration {
  readonly parameters: Parameters;
  /** Every instance in one order; the first one leads. */
  readonly hosts: readonly string[];
  readonly rank: number;
  /** Whether each instance was given all of a channel's objects, and so must take its share of the rows. */
  readonly isReplicated: (channel: string) => boolean;
}

/** A mistake of the user: its text becomes the job's failure reason. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
}

function fail(message: string): never {
  throw new TrainingError(message);
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** The names, defaults and ranges of XGBoost's hyperparameters, and two of our own. */
const numbers: Readonly<Record<string, Bounds & { readonly value: number }>> = {
  num_round: { value: 50, min: 1, max: 10_000, whole: true },
  max_depth: { value: 6, min: 1, max: 16, whole: true },
  eta: { value: 0.3, min: 0, max: 1 },
  lambda: { value: 1, min: 0, max: 1e9 },
  gamma: { value: 0, min: 0, max: 1e9 },
  min_child_weight: { value: 1, min: 0, max: 1e9 },
  max_bin: { value: 256, min: 2, max: 4_096, whole: true },
  num_class: { value: 1, min: 1, max: 1_000, whole: true },
  peer_port: { value: 7_999, min: 1_024, max: 65_535, whole: true },
  peer_wait_seconds: { value: 60, min: 1, max: 3_600 },
};

const objectives: readonly Objective[] = ['binary:logistic', 'multi:softprob', 'reg:squarederror'];

function numberOf(name: string, text: string, { min, max, whole }: Bounds): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= min && value <= max)) fail(`hyperparameter ${name} must be a number from ${min} to ${max}, not "${text}"`);
  if (whole === true && !Number.isInteger(value)) fail(`hyperparameter ${name} must be a whole number, not "${text}"`);
  return value;
}

/** Reads hyperparameters as SageMaker gives them: all values are strings. */
export function parseParameters(given: Readonly<Record<string, string>>): Parameters {
  for (const name of Object.keys(given)) {
    const known = name in numbers || name === 'objective' || name.startsWith('sagemaker_');
    if (!known) fail(`hyperparameter ${name} is unknown; known are objective, ${Object.keys(numbers).join(', ')}`);
  }
  const read = (name: keyof typeof numbers): number => {
    const rule = numbers[name] ?? fail(`no rule for ${name}`);
    const text = given[name];
    return text === undefined ? rule.value : numberOf(name, text, rule);
  };
  const objective = objectives.find((one) => one === (given['objective'] ?? 'binary:logistic'));
  if (objective === undefined) fail(`hyperparameter objective must be one of ${objectives.join(', ')}, not "${given['objective']}"`);
  const classes = read('num_class');
  if (objective === 'multi:softprob' && classes < 2) fail('objective multi:softprob needs the hyperparameter num_class, at least 2');
  return {
    objective,
    classes: objective === 'multi:softprob' ? classes : 1,
    rounds: read('num_round'),
    maxDepth: read('max_depth'),
    eta: read('eta'),
    lambda: read('lambda'),
    gamma: read('gamma'),
    minChildWeight: read('min_child_weight'),
    maxBins: read('max_bin'),
    peerPort: read('peer_port'),
    peerWaitMs: read('peer_wait_seconds') * 1_000,
  };
}

/** Reads the files that SageMaker puts into `/opt/ml/input/config`. */
export function readConfiguration(root: string): Configuration {
  const read = <T>(name: string, fallback: T): T => {
    const path = join(root, 'input/config', name);
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : fallback;
  };
  const resources = read('resourceconfig.json', { current_host: 'algo-1', hosts: ['algo-1'] });
  const channels = read<Record<string, { readonly S3DistributionType?: string; readonly ContentType?: string }>>('inputdataconfig.json', {});
  for (const [channel, { ContentType }] of Object.entries(channels)) {
    const isCsv = ContentType === undefined || /^text\/csv\b/.test(ContentType);
    if (!isCsv) fail(`channel ${channel} has content type ${ContentType}; this algorithm reads text/csv, the label first, without a header`);
  }
  const hosts = resources.hosts.toSorted();
  const rank = hosts.indexOf(resources.current_host);
  if (rank < 0) fail(`${resources.current_host} is not among the hosts of resourceconfig.json: ${hosts.join(', ')}`);
  return {
    parameters: parseParameters(read('hyperparameters.json', {})),
    hosts,
    rank,
    isReplicated: (channel) => channels[channel]?.S3DistributionType !== 'ShardedByS3Key',
  };
}
