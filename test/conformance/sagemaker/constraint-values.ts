import type { Constraint, ConstraintTable } from '../../../src/aws/constraints.ts';
import type { Member, Shape, Structure } from '../../../src/aws/shape.ts';

/** Values that keep AWS's patterns where the shortest run of letters does not; by pattern, each tried. */
const examples = [
  'a',
  'abc',
  '1.0',
  '{"a":[1]}',
  's3://bucket/key',
  'https://a.b',
  'subnet-1',
  'fs-01234567',
  'arn:aws:iam::123456789012:role/r',
  'arn:aws:sagemaker:us-east-1:123456789012:training-job/a',
  'arn:aws:sagemaker:us-east-1:123456789012:training-plan/a',
  'arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-a',
  'arn:aws:sagemaker:us-east-1:123456789012:hub-content/hub/DataSet/a',
  'arn:aws:sagemaker:us-east-1:123456789012:hub-content/hub/Model/a',
  'arn:aws:sagemaker:us-east-1:123456789012:model-package/a/1',
  'arn:aws:sagemaker:us-east-1:123456789012:model-package-group/a',
  'arn:aws:lambda:us-east-1:123456789012:function:f',
  'arn:aws:aws-marketplace:us-east-1:123456789012:a',
  'us-east-1a',
  'sg-1',
];

/** A value that a constraint allows; undefined when none is known here. */
export function allowedText(constraint: Constraint | undefined, table: ConstraintTable): string | undefined {
  if (constraint?.enum !== undefined) return constraint.enum[0];
  const { min = 0, max = Infinity, pattern } = constraint ?? {};
  const lengths = [...examples, ...examples.map((text) => text.padEnd(min, 'a')), 'a'.repeat(Math.max(1, min)), '0'.repeat(Math.max(1, min))];
  return lengths.find((text) => text.length >= min && text.length <= max && (pattern === undefined || table.matches(pattern, text)));
}

/** The smallest input that the model allows: required members, and of each the least. Throws for a member that it has no value for. */
export class SmallestValues {
  readonly #table: ConstraintTable;

  constructor(table: ConstraintTable) {
    this.#table = table;
  }

  structure(shape: Structure): Record<string, unknown> {
    const [first] = shape.members;
    const members = shape.form === 'union' ? (first === undefined ? [] : [first]) : shape.members.filter(({ required }) => required);
    return Object.fromEntries(members.map((member) => [member.name, this.member(shape, member)]));
  }

  member(parent: Structure, member: Member): unknown {
    return this.#value(member.shape, this.#table.of(parent.name, member.name), `${parent.name}.${member.name}`);
  }

  #value(shape: Shape, constraint: Constraint | undefined, name: string): unknown {
    const count = Math.max(1, constraint?.min ?? 0);
    switch (shape.kind) {
      case 'structure':
        return this.structure(shape);
      case 'list':
        return Array.from({ length: count }, () => this.#value(shape.item.shape, this.#table.rule(constraint?.member), `${name}.member`));
      case 'map': {
        const key = this.#text(this.#table.rule(constraint?.key), `${name}.key`);
        return { [key]: this.#value(shape.value.shape, this.#table.rule(constraint?.value), `${name}.value`) };
      }
      case 'string':
        return this.#text(constraint, name);
      case 'number':
        return Math.max(constraint?.min ?? 0, 0);
      case 'boolean':
        return false;
      case 'timestamp':
        return new Date(0);
      case 'bigdecimal':
      case 'bigint':
      case 'blob':
      case 'document':
      case 'stream':
        throw new Error(`${name}: no value of kind ${shape.kind} is known`);
    }
  }

  #text(constraint: Constraint | undefined, name: string): string {
    const text = allowedText(constraint, this.#table);
    if (text === undefined) throw new Error(`${name}: no text for ${JSON.stringify(constraint)} is known`);
    return text;
  }
}
