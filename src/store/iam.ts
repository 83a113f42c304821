import type { Principal } from '../model/policy/principal.ts';
import { Collection, collectionsMigration, type CollectionShape } from './collection.ts';
import type { Database, Migration } from './database.ts';

export interface IamTag {
  readonly key: string;
  readonly value: string;
}

export interface UserRow {
  readonly userName: string;
  /** Names are taken whatever their case. */
  readonly lowerCaseName: string;
  readonly userId: string;
  readonly path: string;
  readonly arn: string;
  readonly createdAt: string;
  readonly tags: readonly IamTag[];
}

export interface RoleRow {
  readonly roleName: string;
  readonly lowerCaseName: string;
  readonly roleId: string;
  readonly path: string;
  readonly arn: string;
  readonly createdAt: string;
  readonly description?: string;
  readonly maxSessionDurationSeconds: number;
  readonly assumeRolePolicyDocument: string;
  /** ARNs of managed policies. */
  readonly attachedPolicies: readonly string[];
  readonly tags: readonly IamTag[];
}

/** A policy embedded in a role or a user. */
export interface InlinePolicyRow {
  /** `ROLE#POLICY` or `USER#POLICY` */
  readonly inlinePolicyId: string;
  /** The role's or user's name. */
  readonly owner: string;
  readonly policyName: string;
  readonly policyDocument: string;
}

/** A long-term key. Of the root user when it has no user. */
export interface AccessKeyRow {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly owner: 'root' | 'user';
  readonly userName?: string;
  readonly status: 'Active' | 'Inactive';
  /** ISO 8601; of users' keys. */
  readonly createdAt?: string;
}

/** Temporary credentials: of a role's session, or of a user or root by `GetSessionToken`. */
export interface SessionRow {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Hexadecimal SHA-256 of the session token. */
  readonly tokenHash: string;
  readonly principal: Principal;
  /** ISO 8601: sorts as it expires. */
  readonly expiration: string;
}

const shapes = {
  users: { name: 'iam_users', key: 'userName', indexes: ['lowerCaseName'], kept: true } satisfies CollectionShape<UserRow>,
  roles: { name: 'iam_roles', key: 'roleName', indexes: ['lowerCaseName'], kept: true } satisfies CollectionShape<RoleRow>,
  rolePolicies: { name: 'iam_role_policies', key: 'inlinePolicyId', indexes: ['owner'], kept: true } satisfies CollectionShape<InlinePolicyRow>,
  userPolicies: { name: 'iam_user_policies', key: 'inlinePolicyId', indexes: ['owner'], kept: true } satisfies CollectionShape<InlinePolicyRow>,
  accessKeys: { name: 'iam_access_keys', key: 'accessKeyId', indexes: ['owner', 'userName'], kept: true } satisfies CollectionShape<AccessKeyRow>,
  sessions: { name: 'iam_sessions', key: 'accessKeyId', indexes: ['expiration'] } satisfies CollectionShape<SessionRow>,
};

/** The rows of `iam_access_keys` that are the root user's. */
export const rootKeys = `owner = 'root'`;

export const iamMigrations: readonly Migration[] = [collectionsMigration('iam-0001', Object.values(shapes))];

export class IamStore {
  readonly #database: Database;
  readonly users: Collection<UserRow>;
  readonly roles: Collection<RoleRow>;
  readonly rolePolicies: Collection<InlinePolicyRow>;
  readonly userPolicies: Collection<InlinePolicyRow>;
  readonly accessKeys: Collection<AccessKeyRow>;
  readonly sessions: Collection<SessionRow>;

  constructor(database: Database) {
    this.#database = database;
    this.users = new Collection(database, shapes.users);
    this.roles = new Collection(database, shapes.roles);
    this.rolePolicies = new Collection(database, shapes.rolePolicies);
    this.userPolicies = new Collection(database, shapes.userPolicies);
    this.accessKeys = new Collection(database, shapes.accessKeys);
    this.sessions = new Collection(database, shapes.sessions);
  }

  /** The key of a policy embedded in a role or user. Names hold no `#`. */
  inlinePolicyId = (owner: string, policyName: string): string => `${owner}#${policyName}`;

  /** Forgets the sessions that have ended. Returns how many. */
  sweepSessions(now: Date): number {
    return this.#database.run(`delete from ${shapes.sessions.name} where expiration <= ?`, now.toISOString());
  }

  sessionCount(): number {
    return Number(this.#database.get<{ count: number }>(`select count(*) as count from ${shapes.sessions.name}`)?.count);
  }
}
