const floatBits = new DataView(new ArrayBuffer(4));

const signBit = 0x8000_0000;
const exponentBias = 127;
const exponentMax = 255;
const fractionSize = 0x80_0000;

/** Exactly this float32 as C writes it. Only numbers of a model ever become C, never its names. */
export function cFloat(value: number): string {
  floatBits.setFloat32(0, value);
  const bits = floatBits.getUint32(0);
  const sign = bits >= signBit ? '-' : '';
  const exponent = Math.floor((bits % signBit) / fractionSize);
  const fraction = bits % fractionSize;
  if (exponent === exponentMax) return fraction === 0 ? `${sign}__builtin_inff()` : '__builtin_nanf("")';
  if (exponent === 0 && fraction === 0) return `${sign}0.0f`;
  // Hexadecimal digits of 23 bits: one bit more makes six of them.
  const digits = (fraction * 2).toString(16).padStart(6, '0');
  return exponent === 0 ? `${sign}0x0.${digits}p-126f` : `${sign}0x1.${digits}p${exponent - exponentBias}f`;
}

const perLine = 12;

/** `static const TYPE NAME[] = {…};`, a dozen values to a line. C has no arrays of length 0: an empty list is one 0. */
export function cArray(type: string, name: string, values: Iterable<number>, write: (value: number) => string = String): string {
  const texts = Array.from(values, write);
  const lines = Array.from({ length: Math.ceil(texts.length / perLine) }, (_, line) => texts.slice(line * perLine, (line + 1) * perLine).join(', '));
  return `static const ${type} ${name}[] = {${texts.length === 0 ? '0' : `\n  ${lines.join(',\n  ')}`}};`;
}
