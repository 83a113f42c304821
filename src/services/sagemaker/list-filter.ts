import type { JobRow } from '../../store/sagemaker.ts';

interface Times {
  readonly CreationTimeAfter?: Date | undefined;
  readonly CreationTimeBefore?: Date | undefined;
  readonly LastModifiedTimeAfter?: Date | undefined;
  readonly LastModifiedTimeBefore?: Date | undefined;
}

export function isWithinTimes(row: JobRow, times: Times): boolean {
  const created = Date.parse(row.createdAt);
  const modified = Date.parse(row.lastModifiedAt);
  return (
    (times.CreationTimeAfter === undefined || created > times.CreationTimeAfter.getTime()) &&
    (times.CreationTimeBefore === undefined || created < times.CreationTimeBefore.getTime()) &&
    (times.LastModifiedTimeAfter === undefined || modified > times.LastModifiedTimeAfter.getTime()) &&
    (times.LastModifiedTimeBefore === undefined || modified < times.LastModifiedTimeBefore.getTime())
  );
}
