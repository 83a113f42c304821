import { imageNamePattern } from './image-names.ts';

/** A container image that compiles models of one framework, for the targets that its pattern means. */
export interface RegisteredCompiler {
  readonly framework: string;
  /** The name of a target, with `*` for any characters: `*`, `ml_*`, `LINUX_ARM64`. */
  readonly target: string;
  readonly image: string;
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InputConfig.html */
const frameworks: ReadonlySet<string> = new Set(['TENSORFLOW', 'KERAS', 'MXNET', 'ONNX', 'PYTORCH', 'XGBOOST', 'TFLITE', 'DARKNET', 'SKLEARN']);

/** The image that `cloister image build compiler` makes, and what it compiles when nobody says otherwise. */
export const builtInCompiler = 'cloister/compiler';
const builtIn: readonly RegisteredCompiler[] = ['XGBOOST', 'ONNX'].map((framework) => ({ framework, target: '*', image: builtInCompiler }));

/** Reads `FRAMEWORK[:TARGET]=IMAGE`, as often as it was given. Throws an Error with one clear line for what it is not. */
export function parseCompilers(texts: readonly string[]): RegisteredCompiler[] {
  const compilers = texts.map((text) => {
    const { framework = '', target = '*', image = '' } = /^(?<framework>[^:=]*)(?::(?<target>[^=]*))?=(?<image>.*)$/u.exec(text)?.groups ?? {};
    if (image === '') throw new Error(`--compiler takes FRAMEWORK[:TARGET]=IMAGE, not ${text}`);
    if (!frameworks.has(framework)) throw new Error(`--compiler: ${framework} is no framework: ${[...frameworks].join(', ')}`);
    if (!/^[A-Za-z0-9_*]{1,64}$/u.test(target)) throw new Error(`--compiler: ${target} is neither the name of a target nor a pattern with *`);
    if (!imageNamePattern.test(image)) throw new Error(`--compiler: ${image} is no name of an image of the local store`);
    return { framework, target, image };
  });
  const keys = compilers.map(({ framework, target }) => `${framework}:${target}`);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) throw new Error(`--compiler names ${repeated} twice`);
  return compilers;
}

const matches = (pattern: string, target: string): boolean => new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'u').test(target);

/** The image for a framework and target: by the longest pattern, an operator's before the built-in one. Undefined: none. */
export function compilerImageOf(framework: string, target: string, registered: readonly RegisteredCompiler[]): string | undefined {
  const fits = (compiler: RegisteredCompiler): boolean => compiler.framework === framework && matches(compiler.target, target);
  const longest = registered.filter(fits).toSorted((a, b) => b.target.length - a.target.length)[0];
  return (longest ?? builtIn.find(fits))?.image;
}
