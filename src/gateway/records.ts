import type { Arrival, ServiceName } from '../model/arrival.ts';
import type { ConditionContext, Decision } from '../model/policy/decision.ts';
import type { Principal } from '../model/policy/principal.ts';

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
  readonly operation: string;
  readonly principal: Principal;
  readonly arrival: Arrival;
  readonly action: string;
  readonly resource: string;
  /** The keys that the service gave with the call. */
  readonly context?: ConditionContext;
  /** The verdict, and the statements or the missing policy that determined it. */
  readonly decision: Decision;
}

/** The principal as policies name it. */
export function principalName(principal: Principal): string {
  if (principal.type === 'anonymous') return 'anonymous';
  return principal.type === 'service' ? principal.service : principal.arn;
}
