/** What AWS's model asks of a value beyond its type. Lengths are of strings, lists, maps and blobs; numbers by value. */
export interface Constraint {
  readonly integer?: 1;
  readonly min?: number;
  readonly max?: number;
  /** A regular expression that the whole value matches, as AWS prints it. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** Names of the rules for what a list or map holds. */
  readonly member?: string;
  readonly key?: string;
  readonly value?: string;
}
export interface ConstraintFile {
  readonly rules: Readonly<Record<string, Constraint>>;
  /** `Structure.Member` to the name of a rule. */
  readonly members: Readonly<Record<string, string>>;
}

/** The constraints of one service, read from its generated table. */
export class ConstraintTable {
  readonly #file: ConstraintFile;
  readonly #members: ReadonlyMap<string, string>;
  readonly #patterns = new Map<string, RegExp>();

  constructor(file: ConstraintFile) {
    this.#file = file;
    this.#members = new Map(Object.entries(file.members));
  }

  of(structure: string, member: string): Constraint | undefined {
    return this.rule(this.#members.get(`${structure}.${member}`));
  }

  rule(name: string | undefined): Constraint | undefined {
    return name === undefined ? undefined : this.#file.rules[name];
  }

  matches(pattern: string, value: string): boolean {
    let compiled = this.#patterns.get(pattern);
    if (compiled === undefined) {
      compiled = compile(pattern);
      this.#patterns.set(pattern, compiled);
    }
    return compiled.test(value);
  }
}

/**
 * Patterns with `\p{…}` need the flag `u`; some others are only valid without it. The generator compiled each. Java's
 * `\p{Alnum}`, always within brackets, is no property of Unicode: without the flag it would be nine characters.
 */
function compile(pattern: string): RegExp {
  const whole = `^(?:${pattern.replaceAll('\\p{Alnum}', 'A-Za-z0-9')})$`;
  try {
    return new RegExp(whole, 'u');
  } catch {
    return new RegExp(whole);
  }
}
