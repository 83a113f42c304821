import type { Arrival } from '../arrival.ts';
import type { Principal } from './principal.ts';
import type { RequestMarks } from './request-marks.ts';

/** Condition keys and their values. Absent: the request does not have the key. `unknown`: it depends (preflight). */
export type ConditionContext = Readonly<Record<string, readonly string[] | 'unknown'>>;

/** One thing that a call needs to be allowed to do. A call may need several. */
export interface Demand {
  /** `s3:GetObject` */
  readonly action: string;
  /** ARN, or `*` for actions without a resource. */
  readonly resource: string;
  /** The account that owns the resource; absent when it is the caller's own. */
  readonly resourceOwner?: string;
  /** Keys of the service (`s3:prefix`, `ec2:Vpc`). The global ones are computed from the arrival and the principal. */
  readonly context?: ConditionContext;
  /** The resource's own policy (bucket policy, trust policy), as stored. */
  readonly resourcePolicy?: string;
  /** The policy that the resource has and that S3's RestrictPublicBuckets keeps from this caller. Not judged: it is for the explanation. */
  readonly withheldPolicy?: string;
}

export type PolicyKind = 'identity' | 'resource' | 'endpoint' | 'session' | 'boundary' | 'trust';

/** A statement that decided, findable by its owner: `policy` names the document (an ARN, an id, `role/NAME/POLICY`). */
export interface DeterminingStatement {
  readonly kind: PolicyKind;
  readonly policy: string;
  readonly effect: 'Allow' | 'Deny';
  /** The Sid, or the statement's position from 0. */
  readonly sid?: string;
  readonly index: number;
}

/** Never a bare boolean: the verdict, what determined it, and for a refusal AWS's own sentence. */
export interface Decision {
  readonly verdict: 'allow' | 'deny' | 'unknown';
  /** For `deny` by absence: the kind of policy that does not allow the action. */
  readonly missing?: PolicyKind;
  readonly determining: readonly DeterminingStatement[];
  /** `User: … is not authorized to perform: … because no identity-based policy allows the … action`. Empty when allowed. */
  readonly message: string;
}

export interface AccessRequest {
  readonly principal: Principal;
  readonly arrival: Arrival;
  readonly demand: Demand;
  readonly now: Date;
  /** Absent: Cloister itself asks. */
  readonly request?: RequestMarks | undefined;
}
