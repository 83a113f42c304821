import type { Arrival, ServiceName } from '../model/arrival.ts';
import type { Decision } from '../model/policy/decision.ts';
import type { Principal } from '../model/policy/principal.ts';
import type { RefusedCase } from '../model/policy/refused-case.ts';

/** One line per request. Holds no input, no output and no secret. */
export interface AuditRecord {
  /** ISO 8601. */
  readonly time: string;
  readonly requestId: string;
  readonly service: ServiceName | 'cloister' | undefined;
  readonly operation: string | undefined;
  readonly arrival: Arrival;
  readonly accessKeyId: string | undefined;
  readonly principal: string | undefined;
  /** ARNs that the call asked to act on. */
  readonly resources: readonly string[];
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly durationMs: number;
}

/** A call that policies refused, for `cloister explain`. */
export interface RefusalRecord {
  readonly time: string;
  readonly requestId: string;
  readonly service: ServiceName;
  /** The operation, or the job that something was refused to. */
  readonly operation: string;
  /** What was asked, and every document that it was judged by. */
  readonly refused: RefusedCase;
  /** The verdict, and the statements or the missing policy that determined it. */
  readonly decision: Decision;
}

/** The principal as policies name it. */
export function principalName(principal: Principal): string {
  if (principal.type === 'anonymous') return 'anonymous';
  return principal.type === 'service' ? principal.service : principal.arn;
}
