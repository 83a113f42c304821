import { basename, extname } from 'node:path';
import { codeDirectory } from './script-environment.ts';

/** How a script is run. */
export type Runtime = 'python' | 'node';

/** What runs what when nobody names an image. */
export const defaultImages: Readonly<Record<Runtime, string>> = { python: 'cloister/python', node: 'cloister/base' };

/** Where the launcher of Node scripts is, in the channel of the code. */
export const launcherFolder = '.cloister';

const runtimes: Readonly<Record<string, Runtime>> = { '.py': 'python', '.mjs': 'node', '.js': 'node', '.ts': 'node', '.mts': 'node' };

export function runtimeOf(script: string): Runtime {
  const runtime = runtimes[extname(script)];
  if (runtime === undefined) throw new Error(`${script} is no script that cloister run knows: ${Object.keys(runtimes).join(', ')}`);
  return runtime;
}

/** `k=v`, as often as it was given. A value may hold `=`. */
export function parseHyperparameters(given: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const one of given) {
    const [, name, value] = /^([^=]+)=(.*)$/su.exec(one) ?? [];
    if (name === undefined || value === undefined) throw new Error(`--hyperparameter takes NAME=VALUE, not ${one}`);
    if (name.startsWith('sagemaker_')) throw new Error(`--hyperparameter ${name}: names that begin with sagemaker_ are the toolkit's`);
    if (Object.hasOwn(parameters, name)) throw new Error(`--hyperparameter ${name} is given twice`);
    parameters[name] = value;
  }
  return parameters;
}

/** `train-2026-11-26-10-30-00-123`, as the SageMaker SDK names jobs: 63 characters of letters, digits and hyphens. */
export function jobNameOf(script: string, now: Date): string {
  const time = now
    .toISOString()
    .replaceAll(/[^0-9]+/gu, '-')
    .slice(0, -1);
  const stem = basename(script, extname(script)).replaceAll(/[^A-Za-z0-9]+/gu, '-');
  const name = stem.slice(0, 62 - time.length).replaceAll(/^-+|-+$/gu, '');
  return `${name === '' ? 'script' : name}-${time}`;
}

export interface ScriptJob {
  readonly name: string;
  readonly roleArn: string;
  readonly image: string;
  readonly runtime: Runtime;
  /** Its path below the folder of the code. */
  readonly script: string;
  readonly launcher: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** s3://… by channel; the code is one of them. */
  readonly channels: ReadonlyMap<string, string>;
  readonly output: string;
  readonly instanceType: string;
  readonly instances: number;
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
}

const volumeGb = 30;
/** Warnings: at its own level the toolkit prints two hundred lines before the script's first. */
const toolkitLogLevel = '30';
/** AWS's own default. */
const runtimeSecondsMax = 86_400;

/** The request for a job that runs a script as AWS's framework images run one: the toolkit does it, or for Node our launcher. */
export function trainingJobOf(job: ScriptJob): Record<string, unknown> {
  const isPython = job.runtime === 'python';
  // The toolkit reads values as JSON where they are JSON.
  const program = {
    sagemaker_program: JSON.stringify(job.script),
    sagemaker_submit_directory: JSON.stringify(codeDirectory),
    sagemaker_container_log_level: toolkitLogLevel,
  };
  const entrypoint = ['node', '--import', `${codeDirectory}/${launcherFolder}/${job.launcher}`, `${codeDirectory}/${job.script}`];
  return {
    TrainingJobName: job.name,
    RoleArn: job.roleArn,
    AlgorithmSpecification: {
      TrainingImage: job.image,
      TrainingInputMode: 'File',
      ...(isPython ? {} : { ContainerEntrypoint: entrypoint }),
    },
    HyperParameters: { ...job.hyperparameters, ...(isPython ? program : {}) },
    InputDataConfig: Array.from(job.channels, ([ChannelName, S3Uri]) => ({
      ChannelName,
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri, S3DataDistributionType: 'FullyReplicated' } },
    })),
    OutputDataConfig: { S3OutputPath: job.output },
    ResourceConfig: { InstanceType: job.instanceType, InstanceCount: job.instances, VolumeSizeInGB: volumeGb },
    StoppingCondition: { MaxRuntimeInSeconds: runtimeSecondsMax },
    VpcConfig: { Subnets: job.subnetIds, SecurityGroupIds: job.groupIds },
  };
}
