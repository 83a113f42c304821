/** A broken invariant is a bug of Cloister, never a mistake of the caller: those get an `AwsError`. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** States an invariant in words. Throws when it does not hold. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (condition === false || condition === undefined || condition === null) throw new AssertionError(invariant);
}

/** The value, which the invariant says is there. */
export function present<T>(value: T | undefined | null, invariant: string): T {
  assert(value !== undefined && value !== null, invariant);
  return value;
}

/** Closes a switch over a union: a new member becomes a compile error here. */
export function unreachable(value: never, where: string): never {
  throw new AssertionError(`${where}: unexpected ${JSON.stringify(value)}`);
}
