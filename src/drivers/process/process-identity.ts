import { readFileSync } from 'node:fs';

/** A process, told from a later one of the same number by when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startTime: string;
}

/** Field 22 of `/proc/PID/stat`; the name in field 2 may hold spaces and brackets. Undefined when it has ended. */
export function statOf(pid: number): { readonly state: string; readonly startTime: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

export function identify(pid: number): ProcessIdentity | undefined {
  const found = statOf(pid);
  return found === undefined ? undefined : { pid, startTime: found.startTime };
}

export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  const found = statOf(pid);
  return found !== undefined && found.startTime === startTime && found.state !== 'Z';
}
