import { trustedAuthoritiesPaths } from './instance-layout.ts';
import { parseLiteral } from './literal.ts';

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

/**
 * The text of the error file, which is `{"error": "…"}`; as it is when it is something else. AWS's own images write an exception as
 * Python shows it: `InputConfiguration('no model')` is `InputConfiguration: no model`.
 */
export function compilerError(file: string): string {
  const error = errorMember(file) ?? errorMember(`${file.replace(/\\(?:u[\da-f]{0,3})?$/iu, '')}"}`) ?? file;
  const { kind = '', argument = '' } = /^(?<kind>[A-Z]\w*)\((?<argument>.*?),?\)$/su.exec(error)?.groups ?? {};
  const message = textOf(argument);
  if (message === undefined) return error;
  return message.startsWith(`${kind}: `) ? message : `${kind}: ${message}`;
}

/** Undefined when the file is not that, as when it is longer than what was read of it. */
function errorMember(file: string): string | undefined {
  try {
    const parsed = JSON.parse(file) as unknown;
    const error = typeof parsed === 'object' && parsed !== null && 'error' in parsed ? parsed.error : undefined;
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}

function textOf(literal: string): string | undefined {
  try {
    const value = parseLiteral(literal);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
