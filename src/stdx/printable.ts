const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const hexadecimal = 16;

/** Somebody else's text for a line of a terminal: what would move its cursor, or turn the line around, is written out. */
export const printable = (text: string): string =>
  text.replaceAll(unprintable, (character) => `\\u{${character.codePointAt(0)?.toString(hexadecimal) ?? ''}}`);
