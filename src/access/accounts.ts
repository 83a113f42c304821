import { AwsError } from '../aws/aws-error.ts';
import { present } from '../stdx/assert.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Random } from '../stdx/random.ts';
import type { AccountRow } from '../store/iam.ts';
import type { Store } from '../store/store.ts';
import type { IssuedAccessKey } from './access.ts';
import { issueRootKey } from './credentials.ts';

/** Accounts beside the installation's own. */
export const accountsMax = 100;
const accountNamePattern = /^[\w .,@+=-]{1,50}$/;
const accountIdPattern = /^\d{12}$/;

export interface AccountsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** The installation's own account: it is never made and never deleted. */
  readonly accountId: string;
}

export interface AccountRequest {
  /** A free one when none is chosen. */
  readonly accountId?: string;
  readonly accountName?: string;
}

export interface AccountWithKey extends AccountRow {
  readonly rootKey: IssuedAccessKey;
}

/** The accounts beside the installation's own, which its operator makes so that access between accounts is real. */
export class Accounts {
  readonly #options: AccountsOptions;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  create({ accountId: chosen, accountName }: AccountRequest): AccountWithKey {
    const { store, clock, random } = this.#options;
    return store.transact(() => {
      const { accounts } = store.iam;
      if (accounts.count() >= accountsMax) throw refused('LimitExceeded', `There are ${accountsMax} accounts, and no more can be made.`);
      if (chosen !== undefined && !accountIdPattern.test(chosen))
        throw refused('ValidationException', `${chosen} is no account id: it has 12 digits.`);
      const accountId = chosen ?? this.#freeId();
      if (this.#isTaken(accountId)) throw refused('AlreadyExists', `Account ${accountId} exists.`, 409);
      const name = accountName ?? `account ${accountId}`;
      if (!accountNamePattern.test(name)) {
        throw refused('ValidationException', 'The name of an account has 1 to 50 letters, digits, spaces or characters of _.,@+=-');
      }
      const row = { accountId, accountName: name, createdAt: clock.now().toISOString() };
      accounts.insert(row);
      return { ...row, rootKey: issueRootKey(store, random, accountId) };
    });
  }

  list(): readonly AccountRow[] {
    return this.#options.store.iam.accounts.list();
  }

  find(accountId: string): AccountWithKey | undefined {
    const { iam } = this.#options.store;
    const row = iam.accounts.find(accountId);
    return row === undefined ? undefined : { ...row, rootKey: present(iam.rootKeyOf(accountId), 'an account has a root key') };
  }

  /** Refused while anything is in it. Its root key and sessions end with it. False when there is no such account. */
  delete(accountId: string): boolean {
    const { store } = this.#options;
    return store.transact(() => {
      if (accountId === this.#options.accountId) throw refused('ValidationException', `Account ${accountId} is this installation's own.`);
      if (store.iam.accounts.find(accountId) === undefined) return false;
      const held = holdingsOf(store, accountId);
      if (held.length > 0) {
        throw refused('DeleteConflict', `Account ${accountId} still has ${held.join(', ')}. Delete them first: nothing was changed.`, 409);
      }
      store.iam.forgetAccount(accountId);
      return true;
    });
  }

  #isTaken(accountId: string): boolean {
    return accountId === this.#options.accountId || this.#options.store.iam.accounts.find(accountId) !== undefined;
  }

  #freeId(): string {
    let accountId: string;
    do accountId = String(BigInt(`0x${this.#options.random.hex(16)}`) % 10n ** 12n).padStart(12, '0');
    while (this.#isTaken(accountId));
    return accountId;
  }
}

/** What an account has, in words: `bucket b, user u, role r`. */
function holdingsOf(store: Store, accountId: string): string[] {
  const { users, roles, policies, instanceProfiles, groups } = store.iam.of(accountId);
  return [
    ...store.s3.buckets.list({ ownerId: accountId }).map(({ bucketName }) => `bucket ${bucketName}`),
    ...users.list().map(({ userName }) => `user ${userName}`),
    ...roles.list().map(({ roleName }) => `role ${roleName}`),
    ...groups.list().map(({ groupName }) => `group ${groupName}`),
    ...policies.list().map(({ policyName }) => `policy ${policyName}`),
    ...instanceProfiles.list().map(({ instanceProfileName }) => `instance profile ${instanceProfileName}`),
  ];
}

const refused = (code: string, message: string, status = 400): AwsError => new AwsError(code, message, { status });
