/** What the user gave cannot be compiled. Its message is the text after `ClientError: `, in Neo's words where they are known. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Throws what Neo's loader says of a model that it cannot read. https://github.com/neo-ai/neo-loader (its messages) */
export function refuse(why: string): never {
  throw new InputError(why);
}

const shownMost = 80;

/** A name of the model in a message: on one line, and not longer than a line. */
export const shown = (name: string): string => JSON.stringify(name.length > shownMost ? `${name.slice(0, shownMost)}…` : name);

/** The compiler's own failure: nothing that is known to be wrong with what the user gave. */
export class CompilationError extends Error {
  override readonly name = 'CompilationError';
}
