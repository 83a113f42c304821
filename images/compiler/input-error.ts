/** What the user gave cannot be compiled. Its message is the text after `ClientError: `, in Neo's words where they are known. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Throws what Neo's loader says of a model that it cannot read. https://github.com/neo-ai/neo-loader (its messages) */
export function refuse(why: string): never {
  throw new InputError(why);
}

/** The compiler's own failure: nothing that is known to be wrong with what the user gave. */
export class CompilationError extends Error {
  override readonly name = 'CompilationError';
}
