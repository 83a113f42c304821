import type { NftObject, Ruleset } from '../../src/model/network/plan.ts';

interface Held {
  readonly make: string;
  elements: Map<string, string>;
  statements: string[];
}

/** What nft would hold of a table, by the few commands that change transactions are made of. Refuses what nft refuses. */
export class HeldRuleset {
  readonly #objects = new Map<string, Held>();

  constructor({ objects }: Ruleset) {
    for (const object of objects) this.#objects.set(`${object.kind} ${object.name}`, heldOf(object));
  }

  run(transaction: string): void {
    for (const line of transaction.split('\n').filter((text) => text !== '')) this.#command(line);
  }

  shown(): unknown {
    const shown = [...this.#objects].map(
      ([key, { make, elements, statements }]) =>
        [key, make, [...elements].map(([element, value]) => `${element} : ${value}`).sort(), statements] as const,
    );
    return shown.toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  #command(line: string): void {
    const {
      verb = '',
      kind = '',
      name = '',
      rest = '',
    } = /^(?<verb>\w+) (?<kind>\w+) ip cloister (?<name>\S+) ?(?<rest>.*)$/u.exec(line)?.groups ?? {};
    switch (`${verb} ${kind}`) {
      case 'add element':
        return this.#addElements(name, rest);
      case 'delete element':
        return this.#deleteElements(name, rest);
      case 'add rule':
        this.#mustBeThere(`chain ${name}`).statements.push(this.#known(rest));
        return;
      case 'flush chain':
        this.#mustBeThere(`chain ${name}`).statements = [];
        return;
      case 'flush set':
        this.#mustBeThere(`set ${name}`).elements.clear();
        return;
    }
    const key = `${kind} ${name}`;
    if (verb === 'add') {
      if (this.#objects.has(key)) throw new Error(`${line}: it is there`);
      this.#objects.set(key, { make: rest.replace(/^\{ (.*); \}$/u, '$1').replaceAll('; ', ' '), elements: new Map(), statements: [] });
      return;
    }
    if (verb !== 'delete') throw new Error(`${line}: not a command`);
    this.#mustBeThere(key);
    this.#objects.delete(key);
    if (kind !== 'counter') this.#mustNotBeNamed(kind, name);
  }

  #addElements(name: string, list: string): void {
    const { elements } = this.#objects.get(`set ${name}`) ?? this.#mustBeThere(`map ${name}`);
    for (const [key, verdict] of elementsOf(list)) {
      if (elements.has(key)) throw new Error(`${name} has ${key}`);
      elements.set(key, this.#known(verdict));
    }
  }

  #deleteElements(name: string, list: string): void {
    const { elements } = this.#objects.get(`set ${name}`) ?? this.#mustBeThere(`map ${name}`);
    for (const [key] of elementsOf(list)) if (!elements.delete(key)) throw new Error(`${name} has no ${key}`);
  }

  /** A statement or verdict, whose chains, sets and counters are there. */
  #known(statement: string): string {
    for (const [, target] of statement.matchAll(/(?:goto|jump) (\S+)/gu)) this.#mustBeThere(`chain ${target}`);
    for (const [, set] of statement.matchAll(/@(\S+)/gu)) if (!this.#objects.has(`set ${set}`)) this.#mustBeThere(`map ${set}`);
    for (const [, counter] of statement.matchAll(/counter name "([^"]+)"/gu)) this.#mustBeThere(`counter ${counter}`);
    return statement;
  }

  #mustNotBeNamed(kind: string, name: string): void {
    const mentions = kind === 'chain' ? [`goto ${name}`, `jump ${name}`] : [`@${name}`];
    for (const [key, { statements, elements }] of this.#objects) {
      const texts = [...statements, ...elements.values()].flatMap((text) => text.split(/(?= (?:goto|jump) | @)/u).map((part) => part.trim()));
      const found = texts.find((text) => mentions.some((mention) => text === mention || text.startsWith(`${mention} `)));
      if (found !== undefined) throw new Error(`${key} speaks of ${kind} ${name}`);
    }
  }

  #mustBeThere(key: string): Held {
    const held = this.#objects.get(key);
    if (held === undefined) throw new Error(`there is no ${key}`);
    return held;
  }
}

function elementsOf(list: string): [string, string][] {
  return list
    .replace(/^\{ (.*) \}$/u, '$1')
    .split(', ')
    .map((element) => element.split(' : '))
    .map(([key = '', verdict = '']) => [key, verdict]);
}

function heldOf(object: NftObject): Held {
  switch (object.kind) {
    case 'counter':
      return { make: '', elements: new Map(), statements: [] };
    case 'chain':
      return { make: (object.hook ?? '').replace(/;$/u, '').replaceAll('; ', ' '), elements: new Map(), statements: [...object.statements] };
    case 'set':
      return { make: object.specification.join(' '), elements: new Map(object.elements.map((element) => [element, ''])), statements: [] };
    case 'map':
      return { make: object.specification.join(' '), elements: new Map(object.elements), statements: [] };
  }
}
