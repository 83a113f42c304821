import { trustedAuthoritiesPaths } from './instance-layout.ts';

/**
 * What a compiler image finds, in the variables that SageMaker Neo gives to its own images:
 * https://github.com/deepjavalibrary/djl-serving/tree/master/serving/docker. Those that begin with CLOISTER are Cloister's.
 */
const root = '/opt/ml';
const paths = {
  SM_NEO_INPUT_MODEL_DIR: `${root}/model/input`,
  SM_NEO_COMPILED_MODEL_DIR: `${root}/model/compiled`,
  SM_NEO_COMPILATION_ERROR_FILE: `${root}/compilation/errors/errors.json`,
  SM_NEO_CACHE_DIR: `${root}/compilation/cache`,
  SM_NEO_HF_CACHE_DIR: `${root}/compilation/hf_cache`,
} as const;

/** Of an instance's `ml`. */
export const compilationFolders = {
  input: 'model/input',
  compiled: 'model/compiled',
  others: ['model/compiled', 'compilation/errors', 'compilation/cache', 'compilation/hf_cache'],
} as const;
export const compilationErrorFile = 'compilation/errors/errors.json';

/** What of a request a compiler is told; literals as JSON. */
export interface CompilerTask {
  readonly region: string;
  readonly framework: string;
  readonly frameworkVersion?: string | undefined;
  readonly target: string;
  readonly dataInputConfig?: string | undefined;
  readonly compilerOptions?: string | undefined;
}

/** No credentials: a compiler is told nothing that is secret. */
export function compilerEnvironment(task: CompilerTask): Record<string, string> {
  const [authorities] = trustedAuthoritiesPaths;
  return {
    SSL_CERT_FILE: authorities,
    AWS_CA_BUNDLE: authorities,
    REQUESTS_CA_BUNDLE: authorities,
    CURL_CA_BUNDLE: authorities,
    NODE_EXTRA_CA_CERTS: authorities,
    AWS_REGION: task.region,
    ...paths,
    SM_NEO_EXECUTION_CONTEXT: '1',
    COMPILER_OPTIONS: task.compilerOptions ?? '{}',
    CLOISTER_NEO_FRAMEWORK: task.framework,
    CLOISTER_NEO_FRAMEWORK_VERSION: task.frameworkVersion ?? '',
    CLOISTER_NEO_TARGET: task.target,
    CLOISTER_NEO_DATA_INPUT_CONFIG: task.dataInputConfig ?? '',
  };
}

/** The text of the error file, which is `{"error": "…"}`; as it is when it is something else. */
export function compilerError(file: string): string {
  try {
    const parsed = JSON.parse(file) as unknown;
    const error = typeof parsed === 'object' && parsed !== null && 'error' in parsed ? parsed.error : undefined;
    return typeof error === 'string' ? error : file;
  } catch {
    return file;
  }
}
