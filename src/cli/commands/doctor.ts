import { runOwnProgram } from '../../drivers/process/program.ts';
import type { Terminal } from '../terminal.ts';

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix?: string;
  /** The option of `cloister up` that alone needs it. */
  readonly optional?: string;
}

/** Each thing that enforcement needs: there, or how to get it. Exit code 1 when something is missing. */
export async function doctor(terminal: Terminal): Promise<void> {
  const findings = JSON.parse(await runOwnProgram('doctor', [])) as readonly Finding[];
  for (const finding of findings) {
    const text = `${finding.name}: ${finding.detail}`;
    if (finding.ok) terminal.done(text);
    else if (finding.optional !== undefined) terminal.note(`${text}. Only ${finding.optional} needs it. ${finding.fix ?? ''}`.trimEnd());
    else terminal.refused(finding.fix === undefined ? text : `${text}. ${finding.fix}`);
  }
  const missing = findings.filter((finding) => !finding.ok && finding.optional === undefined);
  terminal.line();
  terminal.line(missing.length === 0 ? 'This machine enforces private networks.' : 'Jobs are refused here until this is fixed.');
  process.exitCode = missing.length === 0 ? 0 : 1;
}
