import { parseCompilerOptions } from './compiler-options.ts';
import { refuse } from './input-error.ts';
import type { CompilerOptions } from './targets.ts';

/**
 * What a compiler image is told, in the variables that SageMaker Neo gives to its own:
 * https://github.com/deepjavalibrary/djl-serving (serving/docker, sm_neo_utils.py). Those with CLOISTER in front are
 * Cloister's: images of other frameworks are registered for one target and need not ask.
 */
export interface Contract {
  readonly inputFolder: string;
  readonly outputFolder: string;
  readonly options: CompilerOptions;
  readonly framework: string;
  /** `ml_c5`, or the words of a TargetPlatform: `LINUX ARM64` */
  readonly target: string;
  /** Undefined when the job has none. */
  readonly dataInputConfig: unknown;
}

const root = '/opt/ml';

export function readContract(environment: NodeJS.ProcessEnv): Contract {
  return {
    inputFolder: environment['SM_NEO_INPUT_MODEL_DIR'] ?? `${root}/model/input`,
    outputFolder: environment['SM_NEO_COMPILED_MODEL_DIR'] ?? `${root}/model/compiled`,
    options: parseCompilerOptions(environment['COMPILER_OPTIONS'] ?? '{}'),
    framework: environment['CLOISTER_NEO_FRAMEWORK'] ?? '',
    target: environment['CLOISTER_NEO_TARGET'] ?? '',
    dataInputConfig: parseDataInputConfig(environment['CLOISTER_NEO_DATA_INPUT_CONFIG'] ?? ''),
  };
}

/** Where the text of a failure goes; also of one in reading the rest. */
export const errorFileOf = (environment: NodeJS.ProcessEnv): string =>
  environment['SM_NEO_COMPILATION_ERROR_FILE'] ?? `${root}/compilation/errors/errors.json`;

function parseDataInputConfig(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    return refuse(`InputConfiguration: Cannot load DataInputConfig. Incorrect json format. ${(error as Error).message}`);
  }
}
