import { parseCompilerOptions } from './compiler-options.ts';
import type { CompilerOptions } from './targets.ts';

/**
 * What a compiler image is told, in the variables that SageMaker Neo gives to its own:
 * https://github.com/deepjavalibrary/djl-serving (serving/docker, sm_neo_utils.py). The last two are Cloister's: images
 * of other frameworks are registered for one target and need not ask.
 */
export interface Contract {
  readonly inputFolder: string;
  readonly outputFolder: string;
  readonly errorFile: string;
  readonly options: CompilerOptions;
  readonly framework: string;
  readonly target: string;
}

const root = '/opt/ml';

export function readContract(environment: NodeJS.ProcessEnv): Contract {
  return {
    inputFolder: environment['SM_NEO_INPUT_MODEL_DIR'] ?? `${root}/model/input`,
    outputFolder: environment['SM_NEO_COMPILED_MODEL_DIR'] ?? `${root}/model/compiled`,
    errorFile: environment['SM_NEO_COMPILATION_ERROR_FILE'] ?? `${root}/compilation/errors/errors.json`,
    options: parseCompilerOptions(environment['COMPILER_OPTIONS'] ?? '{}'),
    framework: environment['CLOISTER_NEO_FRAMEWORK'] ?? '',
    target: environment['CLOISTER_NEO_TARGET'] ?? '',
  };
}
