import type { Principal } from '../model/policy/principal.ts';
import { AccountRows, type OfAccount } from './account-rows.ts';
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

/** An account beside the one that the installation was made with. */
export interface AccountRow {
  readonly accountId: string;
  readonly accountName: string;
  readonly createdAt: string;
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
  /** Absent of the root user of the account that the installation was made with. */
  readonly accountId?: string;
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
  /** What it was issued for, such as a training job, and ends with. */
  readonly sourceArn?: string;
}

const named = ['accountId', 'lowerCaseName'] as const;
const owned = ['accountId', 'owner'] as const;

const shapes = {
  users: { name: 'iam_account_users', key: 'rowId', indexes: named, kept: true } satisfies CollectionShape<UserRow & OfAccount>,
  roles: { name: 'iam_account_roles', key: 'rowId', indexes: named, kept: true } satisfies CollectionShape<RoleRow & OfAccount>,
  rolePolicies: { name: 'iam_account_role_policies', key: 'rowId', indexes: owned, kept: true } satisfies CollectionShape<
    InlinePolicyRow & OfAccount
  >,
  userPolicies: { name: 'iam_account_user_policies', key: 'rowId', indexes: owned, kept: true } satisfies CollectionShape<
    InlinePolicyRow & OfAccount
  >,
};

const accounts = { name: 'iam_accounts', key: 'accountId', indexes: [], kept: true } satisfies CollectionShape<AccountRow>;
const accessKeys = {
  name: 'iam_access_keys',
  key: 'accessKeyId',
  indexes: ['owner', 'userName'],
  kept: true,
} satisfies CollectionShape<AccessKeyRow>;
const sessions = { name: 'iam_sessions', key: 'accessKeyId', indexes: ['expiration'] } satisfies CollectionShape<SessionRow>;

/** The rows of `iam_access_keys` that are the root user's of the account that the installation was made with. */
export const rootKeys = `owner = 'root' and body ->> '$.accountId' is null`;

/** What iam-0001 made when there was one account: names alone were the keys. */
const ofOneAccount: readonly CollectionShape<never>[] = [
  { name: 'iam_users', key: 'userName', indexes: ['lowerCaseName'] },
  { name: 'iam_roles', key: 'roleName', indexes: ['lowerCaseName'] },
  { name: 'iam_role_policies', key: 'inlinePolicyId', indexes: ['owner'] },
  { name: 'iam_user_policies', key: 'inlinePolicyId', indexes: ['owner'] },
];

const accountOfArn = `substr(body ->> '$.arn', 14, 12)`;
const moved = (from: string, to: string, id: string, account: string): string => `
  insert into ${to} (rowId, body)
    select account || '/' || id, json_set(body, '$.rowId', account || '/' || id, '$.accountId', account)
    from (select body, ${id} as id, ${account} as account from ${from});`;
const ownersAccount = (table: string, key: string): string => `(select ${accountOfArn} from ${table} where ${key} = owner)`;

export const iamMigrations: readonly Migration[] = [
  collectionsMigration('iam-0001', [...ofOneAccount, accessKeys, sessions]),
  { id: 'iam-0002', sql: `create index iam_sessions_source on iam_sessions (body ->> '$.sourceArn') where body ->> '$.sourceArn' is not null;` },
  {
    id: 'iam-0003',
    sql: `${collectionsMigration('', [...Object.values(shapes), accounts]).sql}
      ${moved('iam_users', shapes.users.name, 'userName', accountOfArn)}
      ${moved('iam_roles', shapes.roles.name, 'roleName', accountOfArn)}
      ${moved('iam_role_policies', shapes.rolePolicies.name, 'inlinePolicyId', ownersAccount('iam_roles', 'roleName'))}
      ${moved('iam_user_policies', shapes.userPolicies.name, 'inlinePolicyId', ownersAccount('iam_users', 'userName'))}
      update iam_access_keys set body = json_set(body, '$.accountId', (select ${accountOfArn} from iam_users where iam_users.userName = iam_access_keys.userName))
        where owner = 'user';
      ${ofOneAccount.map(({ name }) => `drop table ${name};`).join(' ')}`,
  },
];

/** What IAM holds for one account. */
export interface AccountIam {
  readonly accountId: string;
  readonly users: AccountRows<UserRow>;
  readonly roles: AccountRows<RoleRow>;
  readonly rolePolicies: AccountRows<InlinePolicyRow>;
  readonly userPolicies: AccountRows<InlinePolicyRow>;
  /** The key of a policy embedded in a role or user. Names hold no `#`. */
  readonly inlinePolicyId: (owner: string, policyName: string) => string;
  /** The long-term keys of one of its users. */
  readonly accessKeysOf: (userName: string) => AccessKeyRow[];
}

export class IamStore {
  readonly #database: Database;
  readonly #users: Collection<UserRow & OfAccount>;
  readonly #roles: Collection<RoleRow & OfAccount>;
  readonly #rolePolicies: Collection<InlinePolicyRow & OfAccount>;
  readonly #userPolicies: Collection<InlinePolicyRow & OfAccount>;
  /** The accounts beside the installation's own. */
  readonly accounts: Collection<AccountRow>;
  readonly accessKeys: Collection<AccessKeyRow>;
  readonly sessions: Collection<SessionRow>;

  constructor(database: Database) {
    this.#database = database;
    this.#users = new Collection(database, shapes.users);
    this.#roles = new Collection(database, shapes.roles);
    this.#rolePolicies = new Collection(database, shapes.rolePolicies);
    this.#userPolicies = new Collection(database, shapes.userPolicies);
    this.accounts = new Collection(database, accounts);
    this.accessKeys = new Collection(database, accessKeys);
    this.sessions = new Collection(database, sessions);
  }

  /** The users, roles and policies of an account. Of one that does not exist there are none. */
  of(accountId: string): AccountIam {
    const inlinePolicyId = (row: InlinePolicyRow): string => row.inlinePolicyId;
    return {
      accountId,
      users: new AccountRows<UserRow>(this.#users, accountId, (row) => row.userName),
      roles: new AccountRows<RoleRow>(this.#roles, accountId, (row) => row.roleName),
      rolePolicies: new AccountRows<InlinePolicyRow>(this.#rolePolicies, accountId, inlinePolicyId),
      userPolicies: new AccountRows<InlinePolicyRow>(this.#userPolicies, accountId, inlinePolicyId),
      inlinePolicyId: (owner, policyName) => `${owner}#${policyName}`,
      accessKeysOf: (userName) => this.accessKeys.list({ userName }).filter((key) => key.accountId === accountId),
    };
  }

  /** Forgets the sessions that have ended. Returns how many. */
  sweepSessions(now: Date): number {
    return this.#database.run(`delete from ${sessions.name} where expiration <= ?`, now.toISOString());
  }

  /** Forgets the sessions that were issued for something. */
  endSessions(sourceArn: string): void {
    this.#database.run(`delete from ${sessions.name} where body ->> '$.sourceArn' = ?`, sourceArn);
  }

  sessionCount(): number {
    return Number(this.#database.get<{ count: number }>(`select count(*) as count from ${sessions.name}`)?.count);
  }
}
