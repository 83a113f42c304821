/**
 * Three-valued logic (Kleene): what depends on a key that is not known yet is `maybe`. Ordered numbers, so that *and*
 * is the minimum, *or* the maximum and *not* the distance from `yes`.
 */
export type Truth = 0 | 1 | 2;

export const no: Truth = 0;
export const maybe: Truth = 1;
export const yes: Truth = 2;

export const both = (a: Truth, b: Truth): Truth => (a < b ? a : b);
export const either = (a: Truth, b: Truth): Truth => (a > b ? a : b);
export const not = (a: Truth): Truth => (2 - a) as Truth;
export const truthOf = (holds: boolean): Truth => (holds ? yes : no);
