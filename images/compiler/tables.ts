/** Beside each other in the artefact, each at the start of a cache line. */
const alignment = 64;

/**
 * Arrays of numbers that the assembler takes into the artefact as they are: as text, millions of them would take clang
 * minutes and gigabytes. Both kinds of processor are little endian, as this one is.
 */
export class Tables {
  readonly #parts: readonly { readonly name: string; readonly type: string; readonly bytes: Uint8Array; readonly at: number }[];
  readonly #length: number;

  /** @param arrays by their names in C */
  constructor(arrays: Readonly<Record<string, Int32Array | Float32Array>>) {
    let at = 0;
    this.#parts = Object.entries(arrays).map(([name, values]) => {
      const part = {
        name,
        type: values instanceof Int32Array ? 'int32_t' : 'float',
        bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
        at,
      };
      at = Math.ceil((at + values.byteLength) / alignment) * alignment;
      return part;
    });
    this.#length = at;
  }

  /** What the file must hold that the declarations name. */
  get bytes(): Buffer {
    const bytes = Buffer.alloc(this.#length);
    for (const { bytes: part, at } of this.#parts) bytes.set(part, at);
    return bytes;
  }

  /** @param file beside the C that has these lines */
  declarations(file: string): string[] {
    return [
      '__asm__(',
      `  ".pushsection .rodata.tables,\\"a\\",@progbits\\n.balign ${alignment}\\ncloister_tables:\\n.incbin \\"${file}\\"\\n"`,
      ...this.#parts.map(({ name, at }) => `  ".hidden ${name}\\n.set ${name}, cloister_tables + ${at}\\n"`),
      '  ".popsection\\n");',
      ...this.#parts.map(({ name, type }) => `extern const ${type} ${name}[] __attribute__((visibility("hidden")));`),
    ];
  }
}
