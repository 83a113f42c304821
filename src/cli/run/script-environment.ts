/** The files of `/opt/ml/input/config`, as far as a script is told of them. */
export interface ContractFiles {
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly resources: { readonly current_host: string; readonly hosts: readonly string[]; readonly current_instance_type?: string };
  readonly channels: readonly string[];
}

export interface ScriptSurroundings extends ContractFiles {
  /** What follows `/opt/ml/input/data/code/`. */
  readonly script: string;
  readonly gpus: number;
  readonly cpus: number;
}

export const codeDirectory = '/opt/ml/input/data/code';

/**
 * What a script in script mode finds in its environment, by the names of AWS's toolkit: capitals, and otherwise as they are.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/docker-container-environmental-variables-user-scripts.html
 * https://github.com/aws/sagemaker-training-toolkit/blob/master/ENVIRONMENT_VARIABLES.md
 */
export function scriptEnvironment({ hyperparameters, resources, channels, script, gpus, cpus }: ScriptSurroundings): Record<string, string> {
  return {
    SM_MODEL_DIR: '/opt/ml/model',
    SM_INPUT_DIR: '/opt/ml/input',
    SM_INPUT_CONFIG_DIR: '/opt/ml/input/config',
    SM_OUTPUT_DIR: '/opt/ml/output',
    SM_OUTPUT_DATA_DIR: '/opt/ml/output/data',
    SM_MODULE_DIR: codeDirectory,
    SM_USER_ENTRY_POINT: script,
    SM_CHANNELS: JSON.stringify(channels.toSorted()),
    SM_HOSTS: JSON.stringify(resources.hosts),
    SM_CURRENT_HOST: resources.current_host,
    ...(resources.current_instance_type === undefined ? {} : { SM_CURRENT_INSTANCE_TYPE: resources.current_instance_type }),
    SM_NUM_GPUS: String(gpus),
    SM_NUM_CPUS: String(cpus),
    SM_HPS: JSON.stringify(hyperparameters),
    SM_USER_ARGS: JSON.stringify(scriptArguments(hyperparameters)),
    ...Object.fromEntries(channels.map((name) => [`SM_CHANNEL_${name.toUpperCase()}`, `/opt/ml/input/data/${name}`])),
    ...Object.fromEntries(Object.entries(hyperparameters).map(([name, value]) => [`SM_HP_${name.toUpperCase()}`, value])),
  };
}

/** `--epochs 3`; names of one letter have one dash, as with the toolkit. */
export const scriptArguments = (hyperparameters: Readonly<Record<string, string>>): string[] =>
  Object.entries(hyperparameters)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => [`${name.length === 1 ? '-' : '--'}${name}`, value]);
