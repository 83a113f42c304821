import { refuse } from './input-error.ts';
import type { CompilerOptions } from './targets.ts';

/** The members that mean something to these compilers; another one is refused, for it asks for something. */
const known = ['mcpu', 'mattr'];

/** JSON: the daemon has turned the dialect of AWS's examples into it. */
export function parseCompilerOptions(text: string): CompilerOptions {
  const options = parse(text);
  if (typeof options !== 'object' || options === null || Array.isArray(options)) refuse('CompilerOptions is not a dictionary');
  for (const name of Object.keys(options))
    if (!known.includes(name)) refuse(`CompilerOptions has ${JSON.stringify(name)}; known are ${known.join(', ')}`);
  const { mcpu, mattr } = options as { mcpu?: unknown; mattr?: unknown };
  if (mcpu !== undefined && typeof mcpu !== 'string') refuse('mcpu is not a string');
  const list = typeof mattr === 'string' ? mattr.split(',') : mattr;
  if (list !== undefined && !(Array.isArray(list) && list.every((feature) => typeof feature === 'string'))) refuse('mattr is not a list of strings');
  return { ...(mcpu !== undefined && { mcpu }), ...(list !== undefined && { mattr: list }) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`CompilerOptions is not JSON: ${(error as Error).message}`);
  }
}
