import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { assert } from '../../src/stdx/assert.ts';
import type { Line, ShapeLines } from './shapes.ts';

/** A shape of botocore's `service-2.json`. */
interface ModelShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}
interface ServiceModel {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}
/** Rules by name, and which member of which structure each holds for (`Structure.Member`). */
export interface ConstraintLines {
  readonly rules: ReadonlyMap<string, Line>;
  readonly members: ReadonlyMap<string, string>;
}

const dump = `
import json, sys
try:
    import botocore, botocore.loaders
except ImportError:
    sys.exit('botocore is not installed')
loader = botocore.loaders.Loader()
services = {name: loader.load_service_model(name, 'service-2') for name in sys.argv[1:]}
json.dump({'version': botocore.__version__, 'services': services}, sys.stdout)
`;

/** The clients that `tools/clients.ts` installs bring botocore along. */
const python = existsSync('.venv/bin/python') ? '.venv/bin/python' : 'python3';

/** botocore's models. Throws an `Error` with a sentence for the developer when they cannot be read. */
export function readModels(names: readonly string[], version: string): Readonly<Record<string, ServiceModel>> {
  const advice = `The constraint tables come from botocore's models: node tools/clients.ts, or python3 -m pip install botocore==${version}`;
  let text: string;
  try {
    text = execFileSync(python, ['-c', dump, ...names], { encoding: 'utf8', maxBuffer: 256 * 2 ** 20, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (cause) {
    throw new Error(advice, { cause });
  }
  const read = JSON.parse(text) as { version: string; services: Record<string, ServiceModel> };
  if (read.version !== version) throw new Error(`botocore ${read.version} is installed, ${version} is needed. ${advice}`);
  return read.services;
}

/** The rules that hold for the inputs of `operations`, by walking our shapes and botocore's side by side. */
export function readConstraints(model: ServiceModel, lines: ShapeLines, operations: readonly string[]): ConstraintLines {
  const walk = new ConstraintWalk(model, lines);
  for (const name of operations) {
    const operation = lines.operations.get(name);
    assert(operation, `the SDK knows the operation ${name}`);
    const input = model.operations[name]?.input?.shape;
    if (input !== undefined) walk.structure(String(operation[0]), input);
  }
  return { rules: sorted(walk.rules), members: sorted(walk.members) };
}

const sorted = <T>(map: ReadonlyMap<string, T>): Map<string, T> => new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));

class ConstraintWalk {
  readonly rules = new Map<string, Line>();
  readonly members = new Map<string, string>();
  readonly #model: ServiceModel;
  readonly #lines: ShapeLines;
  readonly #walked = new Set<string>();

  constructor(model: ServiceModel, lines: ShapeLines) {
    this.#model = model;
    this.#lines = lines;
  }

  /** `reference` is one of ours (`#Name`), `name` botocore's name for the same shape. */
  structure(reference: string, name: string): void {
    if (!reference.startsWith('#') || this.#walked.has(reference)) return;
    this.#walked.add(reference);
    const line = this.#line(reference);
    const ours = (line['structure'] ?? line['union']) as Readonly<Record<string, unknown>> | undefined;
    if (ours === undefined) return;
    for (const [member, { shape }] of Object.entries(this.#shape(name).members ?? {})) {
      const target = ours[member];
      if (target === undefined) continue;
      const rule = this.#rule(shape);
      if (rule !== undefined) this.members.set(`${reference.slice(1)}.${member}`, rule);
      this.#inner(target, shape);
    }
  }

  /** Goes through lists and maps to the structures inside them. */
  #inner(target: unknown, name: string): void {
    const reference = Array.isArray(target) ? (target as unknown[])[0] : target;
    if (typeof reference !== 'string' || !reference.startsWith('#')) return;
    const line = this.#line(reference);
    const shape = this.#shape(name);
    if (line['list'] !== undefined && shape.member !== undefined) this.#inner(line['list'], shape.member.shape);
    else if (line['map'] !== undefined && shape.value !== undefined) this.#inner((line['map'] as unknown[])[1], shape.value.shape);
    else this.structure(reference, name);
  }

  /** Adds the rule of a shape and of what it holds, and returns its name; undefined when nothing limits it. */
  #rule(name: string): string | undefined {
    if (this.rules.has(name)) return name;
    const shape = this.#shape(name);
    const { type, min, max, pattern } = shape;
    const rule = {
      ...(type === 'integer' || type === 'long' ? { integer: 1 } : {}),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(pattern === undefined ? {} : { pattern: checkedPattern(pattern, name) }),
      ...(shape.enum === undefined ? {} : { enum: shape.enum }),
      ...this.#held('member', shape.member),
      ...this.#held('key', shape.key),
      ...this.#held('value', shape.value),
    };
    if (Object.keys(rule).length === 0) return undefined;
    this.rules.set(name, rule);
    return name;
  }

  /** Structures inside a container have rules of their own; only simple items take theirs from here. */
  #held(word: 'member' | 'key' | 'value', ref: { readonly shape: string } | undefined): Line {
    if (ref === undefined || ['structure', 'list', 'map'].includes(this.#shape(ref.shape).type)) return {};
    const rule = this.#rule(ref.shape);
    return rule === undefined ? {} : { [word]: rule };
  }

  #line(reference: string): Line {
    const line = this.#lines.shapes.get(reference.slice(1));
    assert(line, `the shape ${reference} is in the table`);
    return line;
  }

  #shape(name: string): ModelShape {
    const shape = this.#model.shapes[name];
    assert(shape, `botocore knows the shape ${name}`);
    return shape;
  }
}

/** A pattern that JavaScript cannot compile would be a constraint that is silently not enforced. */
function checkedPattern(pattern: string, name: string): string {
  for (const flag of ['u', '']) {
    try {
      RegExp(`^(?:${pattern})$`, flag);
      return pattern;
    } catch {
      // Some patterns of AWS are only valid without the flag: try that.
    }
  }
  throw new Error(`The pattern of ${name} does not compile: ${pattern}`);
}
