import { serviceModel } from '../../aws/service-model.ts';
import type { Shape } from '../../aws/shape.ts';
import { present } from '../../stdx/assert.ts';
import { sagemakerErrors } from './errors.ts';

/** Honoured members do what AWS says of them; echoed ones are shown and change nothing: the note says why that is no pretence. */
export type KeptMember = 'honoured' | { readonly echoed: string };

/**
 * A member that is refused when it asks for something, with the reason. Asking for nothing (absent, false, 0, empty) passes.
 * A structure's row stands for everything in it that is not kept; a member of both is honoured but for what the row says.
 */
export interface RefusedMember<Input> {
  readonly member: string;
  readonly why: string;
  readonly asks: (input: Input) => boolean;
  /** The sentence of AWS, where it refuses the same. */
  readonly message?: string;
}

/** What becomes of one member of an operation's input. */
export interface MemberFate {
  readonly member: string;
  readonly fate: 'honoured' | 'honoured in part' | 'echoed' | 'refused' | 'unknown';
  readonly why: string;
}

/** An operation whose members each have a fate, by their dotted paths. */
export interface MemberRules<Input> {
  readonly operation: string;
  readonly kept: Readonly<Record<string, KeptMember>>;
  readonly refused: readonly RefusedMember<Input>[];
}

/** The dotted path of every member that holds a value, in the order of AWS's model. Lists of structures are walked through. */
export function memberPaths(operation: string): readonly string[] {
  const found = present(serviceModel('sagemaker').shapes.operation(operation), `the model has ${operation}`);
  return pathsIn(found.input, '');
}

function pathsIn(shape: Shape, path: string): readonly string[] {
  if (shape.kind === 'list') {
    const inside = pathsIn(shape.item.shape, path);
    return inside.length === 0 ? [path] : inside;
  }
  if (shape.kind !== 'structure') return path === '' ? [] : [path];
  return shape.members.flatMap((member) => pathsIn(member.shape, path === '' ? member.name : `${path}.${member.name}`));
}

/** The whole table, one row for a member, and one for a structure that is refused as a whole. */
export function memberTable(rules: MemberRules<never>): readonly MemberFate[] {
  const rows = new Map(
    memberPaths(rules.operation)
      .map((path) => fateOf(path, rules))
      .map((row) => [row.member, row]),
  );
  return [...rows.values()];
}

function fateOf(path: string, rules: MemberRules<never>): MemberFate {
  const kept = rules.kept[path];
  const refused = rules.refused.filter(({ member }) => isWithin(path, member)).toSorted((a, b) => b.member.length - a.member.length)[0];
  if (kept === undefined) {
    return refused === undefined ? { member: path, fate: 'unknown', why: '' } : { member: refused.member, fate: 'refused', why: refused.why };
  }
  if (kept !== 'honoured') return { member: path, fate: 'echoed', why: kept.echoed };
  return refused?.member === path ? { member: path, fate: 'honoured in part', why: refused.why } : { member: path, fate: 'honoured', why: '' };
}

export const isWithin = (path: string, ancestor: string): boolean => path === ancestor || path.startsWith(`${ancestor}.`);

/** Throws for the first member that asks for what Cloister does not do. */
export function refuseMembers<Input>(input: Input, refused: readonly RefusedMember<Input>[]): void {
  const asked = refused.find(({ asks }) => asks(input));
  if (asked === undefined) return;
  throw asked.message === undefined ? sagemakerErrors.memberRefused(asked.member, asked.why) : sagemakerErrors.asAwsRefuses(asked.message);
}
