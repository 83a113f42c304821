const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const suffixLength = 17;

/** `AROA…`, `AIDA…`: a unique id that outlives its name, from the random bits of a UUID. */
export function uniqueId(prefix: 'AROA' | 'AIDA' | 'ANPA' | 'AIPA' | 'AGPA', uuid: string): string {
  let bits = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let suffix = '';
  while (suffix.length < suffixLength) {
    suffix += alphabet[Number(bits & 31n)];
    bits >>= 5n;
  }
  return `${prefix}${suffix}`;
}
