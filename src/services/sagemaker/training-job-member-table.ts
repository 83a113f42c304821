import { serviceModel } from '../../aws/service-model.ts';
import type { Shape } from '../../aws/shape.ts';
import { present } from '../../stdx/assert.ts';
import { keptMembers } from './training-job-kept-members.ts';
import { refusedMembers } from './training-job-members.ts';

/** What becomes of one member of CreateTrainingJob. */
export interface MemberFate {
  readonly member: string;
  readonly fate: 'honoured' | 'honoured in part' | 'echoed' | 'refused' | 'unknown';
  readonly why: string;
}

/** The dotted path of every member that holds a value, in the order of AWS's model. Lists of structures are walked through. */
export function memberPaths(): readonly string[] {
  const operation = present(serviceModel('sagemaker').shapes.operation('CreateTrainingJob'), 'the model has CreateTrainingJob');
  return pathsIn(operation.input, '');
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
export function memberTable(): readonly MemberFate[] {
  const rows = new Map(
    memberPaths()
      .map((path) => fateOf(path))
      .map((row) => [row.member, row]),
  );
  return [...rows.values()];
}

function fateOf(path: string): MemberFate {
  const kept = keptMembers[path];
  const refused = refusedMembers.filter(({ member }) => isWithin(path, member)).toSorted((a, b) => b.member.length - a.member.length)[0];
  if (kept === undefined) {
    return refused === undefined ? { member: path, fate: 'unknown', why: '' } : { member: refused.member, fate: 'refused', why: refused.why };
  }
  if (kept !== 'honoured') return { member: path, fate: 'echoed', why: kept.echoed };
  return refused?.member === path ? { member: path, fate: 'honoured in part', why: refused.why } : { member: path, fate: 'honoured', why: '' };
}

export const isWithin = (path: string, ancestor: string): boolean => path === ancestor || path.startsWith(`${ancestor}.`);
