import { AwsError } from './aws-error.ts';
import { readText } from './text.ts';
import type { MapShape, Member, SimpleShape, Structure } from './shape.ts';

/** More fields than AWS's largest call (1,000 filters of 200 values) could have within a body of 1 MiB. */
const fieldLimit = 20_000;
/** Deeper names than any operation has. */
const depthLimit = 24;

/** A form as a tree: `Filter.1.Value.2=x` is four levels deep. */
export interface Form {
  value?: string;
  readonly fields: Map<string, Form>;
}

/** Reads an `application/x-www-form-urlencoded` body or a query string. */
export function parseForm(text: string): Form {
  const root: Form = { fields: new Map() };
  let count = 0;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    count += 1;
    if (count > fieldLimit) throw new AwsError('MalformedQueryString', 'The request has too many parameters.');
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const node = place(root, name);
    if (node.value !== undefined) throw new AwsError('MalformedQueryString', `The parameter ${name} is given more than once.`);
    node.value = equals < 0 ? '' : decode(pair.slice(equals + 1));
  }
  return root;
}

function place(root: Form, name: string): Form {
  const parts = name.split('.', depthLimit + 1);
  if (parts.length > depthLimit) throw new AwsError('MalformedQueryString', 'The name of a parameter is nested too deeply.');
  let node = root;
  for (const part of parts) {
    let next = node.fields.get(part);
    if (next === undefined) {
      next = { fields: new Map() };
      node.fields.set(part, next);
    }
    node = next;
  }
  return node;
}

function decode(text: string): string {
  try {
    return text.includes('+') || text.includes('%') ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
  } catch {
    throw new AwsError('MalformedQueryString', 'The query string is not well-formed.');
  }
}

export type QueryDialect = 'ec2' | 'query';

/** The input of an operation, from its form. */
export function readForm(shape: Structure, form: Form, dialect: QueryDialect): Record<string, unknown> {
  return new FormReader(dialect).structure(shape, form, '');
}

const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** The name of a member in a form. */
export const formName = (member: Member, dialect: QueryDialect): string =>
  dialect === 'ec2' ? (member.traits.ec2QueryName ?? upperFirst(member.traits.xmlName ?? member.name)) : (member.traits.xmlName ?? member.name);

class FormReader {
  readonly #dialect: QueryDialect;

  constructor(dialect: QueryDialect) {
    this.#dialect = dialect;
  }

  structure(shape: Structure, form: Form, path: string): Record<string, unknown> {
    const output: Record<string, unknown> = {};
    if (form.fields.size === 0) return output;
    for (const member of shape.members) {
      const name = formName(member, this.#dialect);
      const field = form.fields.get(name);
      if (field !== undefined) output[member.name] = this.#value(member, field, `${path}${name}`);
    }
    return output;
  }

  #value(member: Member, form: Form, path: string): unknown {
    const { shape } = member;
    if (shape.kind === 'structure') return this.structure(shape, form, `${path}.`);
    if (shape.kind === 'list') {
      // EC2 has no word between a list and its items; `Tags=` is an empty list.
      const flat = this.#dialect === 'ec2' || member.traits.xmlFlattened === 1;
      const holder = flat ? form : form.fields.get(shape.item.traits.xmlName ?? 'member');
      return numbered(holder).map(([index, item]) => this.#value(shape.item, item, `${path}.${index}`));
    }
    if (shape.kind === 'map') return this.#map(member, shape, form, path);
    return this.#simple(shape, form.value ?? '', path);
  }

  #map(member: Member, shape: MapShape, form: Form, path: string): Record<string, unknown> {
    const holder = member.traits.xmlFlattened === 1 ? form : form.fields.get('entry');
    const entries = numbered(holder).flatMap(([index, entry]) => {
      const key = entry.fields.get(shape.key.traits.xmlName ?? 'key')?.value;
      const value = entry.fields.get(shape.value.traits.xmlName ?? 'value');
      return key === undefined || value === undefined ? [] : [[key, this.#value(shape.value, value, `${path}.${index}.value`)] as const];
    });
    return Object.fromEntries(entries);
  }

  #simple(shape: SimpleShape, text: string, path: string): unknown {
    const value = readText(shape, text);
    if (value !== undefined) return value;
    if (this.#dialect === 'ec2') throw new AwsError('InvalidParameterValue', `Invalid value '${text}' for ${path}.`);
    throw new AwsError('MalformedInput', `The value '${text}' for ${path} is not a ${shape.kind}.`);
  }
}

/** The items `1`, `2`, … in numeric order. Gaps are allowed, as in AWS. */
function numbered(form: Form | undefined): (readonly [number, Form])[] {
  return [...(form?.fields ?? [])]
    .filter(([name]) => /^\d{1,9}$/.test(name))
    .map(([name, item]) => [Number(name), item] as const)
    .sort(([a], [b]) => a - b);
}
