import type { Arrival } from '../model/arrival.ts';
import type { AccessRequest, Decision } from '../model/policy/decision.ts';
import type { Principal } from '../model/policy/principal.ts';

/** What a verified signature is checked against. The secret never leaves the control thread. */
export interface ResolvedCredential {
  readonly secretAccessKey: string;
  readonly principal: Principal;
}

export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly principal: Principal;
}

export interface IssuedAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface RoleSessionRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly sessionPolicies: readonly string[];
  readonly externalId?: string;
  /** How the request arrived, for trust policies that look at it. Absent: Cloister itself asks. */
  readonly arrival?: Arrival;
  /** The resource a service acts for (`aws:SourceArn`), such as the training job. */
  readonly sourceArn?: string;
}

/** Judges every call and issues and resolves all credentials. The only place that evaluates policies. */
export interface Access {
  /** Every policy that applies, from every side, as one decision. Reads the store, changes nothing. */
  authorise(request: AccessRequest): Decision;
  /** The credential behind an access key id (and its session token), or undefined when it is unknown or expired. */
  resolve(accessKeyId: string, sessionToken: string | undefined): ResolvedCredential | undefined;
  /** A session of a role, when its trust policy lets `principal` assume it. Throws `AccessDenied` otherwise. Writes rows: call inside `transact`. */
  assumeRole(principal: Principal, request: RoleSessionRequest, now: Date): IssuedCredentials;
  /** Ends every session that was issued for a resource. Writes rows: call inside `transact`. */
  endSessions(sourceArn: string): void;
  /** Temporary credentials of the principal itself (`GetSessionToken`). Writes rows: call inside `transact`. */
  issueSession(principal: Principal, durationSeconds: number, now: Date): IssuedCredentials;
  /** A long-term key of a user. Writes rows: call inside `transact`. */
  issueAccessKey(accountId: string, userName: string, now: Date): IssuedAccessKey;
}
