import { createHash, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../aws/aws-error.ts';
import type { Principal } from '../model/policy/principal.ts';
import { assert } from '../stdx/assert.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Random } from '../stdx/random.ts';
import type { SessionRow } from '../store/iam.ts';
import type { Store } from '../store/store.ts';
import type { IssuedAccessKey, IssuedCredentials, ResolvedCredential } from './access.ts';

/** Sessions that have not ended yet. Every running job holds a few. */
const sessionsMax = 100_000;
const sessionPrefix = 'ASIA';
const accessKeyIdSuffixLength = 16;
const secretLength = 40;
const sessionTokenLength = 256;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** The key of the root user of the installation's own account, made at first start unless the operator chose one. Returns what is stored when there is one already. */
export function ensureRootCredentials(store: Store, random: Random, chosen?: IssuedAccessKey): IssuedAccessKey & { readonly created: boolean } {
  return store.transact(() => {
    const existing = store.iam.accessKeys.list({ owner: 'root' }).find(({ accountId }) => accountId === undefined);
    if (existing !== undefined && (chosen === undefined || chosen.accessKeyId === existing.accessKeyId)) {
      const secretAccessKey = chosen?.secretAccessKey ?? existing.secretAccessKey;
      if (secretAccessKey !== existing.secretAccessKey) store.iam.accessKeys.update(existing.accessKeyId, { secretAccessKey });
      return { accessKeyId: existing.accessKeyId, secretAccessKey, created: false };
    }
    if (existing !== undefined) store.iam.accessKeys.delete(existing.accessKeyId);
    const key = chosen ?? { accessKeyId: freshKeyId(store, random, 'AKIA'), secretAccessKey: random.secret(secretLength) };
    assert(store.iam.accessKeys.find(key.accessKeyId) === undefined, 'the chosen root key belongs to nobody else');
    store.iam.accessKeys.insert({ ...key, owner: 'root', status: 'Active' });
    return { ...key, created: true };
  });
}

function freshKeyId(store: Store, random: Random, prefix: 'AKIA' | typeof sessionPrefix): string {
  const accessKeyId = `${prefix}${random.base32(accessKeyIdSuffixLength)}`;
  assert(store.identifiers.spend(accessKeyId), 'a random access key id was never given before');
  return accessKeyId;
}

/** The key of the root user of an account beside the installation's own. Writes rows: call inside `transact`. */
export function issueRootKey(store: Store, random: Random, accountId: string): IssuedAccessKey {
  const key = { accessKeyId: freshKeyId(store, random, 'AKIA'), secretAccessKey: random.secret(secretLength) };
  store.iam.accessKeys.insert({ ...key, owner: 'root', accountId, status: 'Active' });
  return key;
}

const rootOf = (accountId: string): Principal => ({ type: 'root', accountId, arn: `arn:aws:iam::${accountId}:root` });

/** Keys and sessions: made here, found here, and known to nobody else. */
export class Credentials {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #accountId: string;

  constructor(store: Store, clock: Clock, random: Random, accountId: string) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#accountId = accountId;
  }

  resolve(accessKeyId: string, sessionToken: string | undefined): ResolvedCredential | undefined {
    // Keys of sessions are given here and begin like this; others may be whatever an operator chose.
    const session = accessKeyId.startsWith(sessionPrefix) ? this.#store.iam.sessions.find(accessKeyId) : undefined;
    if (session !== undefined) return this.#resolveSession(session, sessionToken);
    const key = this.#store.iam.accessKeys.find(accessKeyId);
    if (key === undefined || key.status !== 'Active' || sessionToken !== undefined) return undefined;
    const accountId = key.accountId ?? this.#accountId;
    const principal = key.userName === undefined ? rootOf(accountId) : this.#user(accountId, key.userName);
    return principal === undefined ? undefined : { secretAccessKey: key.secretAccessKey, principal };
  }

  accountOf(accessKeyId: string): string | undefined {
    const key = this.#store.iam.accessKeys.find(accessKeyId);
    if (key !== undefined) return key.accountId ?? this.#accountId;
    const principal = this.#store.iam.sessions.find(accessKeyId)?.principal;
    return principal !== undefined && 'accountId' in principal ? principal.accountId : undefined;
  }

  issueAccessKey(accountId: string, userName: string, now: Date): IssuedAccessKey {
    const key = { accessKeyId: freshKeyId(this.#store, this.#random, 'AKIA'), secretAccessKey: this.#random.secret(secretLength) };
    this.#store.iam.accessKeys.insert({ ...key, owner: 'user', userName, accountId, status: 'Active', createdAt: now.toISOString() });
    return key;
  }

  issueSession(principal: Principal, durationSeconds: number, now: Date, sourceArn?: string): IssuedCredentials {
    this.#store.iam.sweepSessions(now);
    if (this.#store.iam.sessionCount() >= sessionsMax) {
      throw new AwsError('LimitExceeded', `Cannot exceed quota for Sessions: ${sessionsMax}`, { status: 409 });
    }
    const sessionToken = this.#random.secret(sessionTokenLength);
    const secretAccessKey = this.#random.secret(secretLength);
    const accessKeyId = freshKeyId(this.#store, this.#random, sessionPrefix);
    const expiration = new Date(now.getTime() + durationSeconds * 1000);
    this.#store.iam.sessions.insert({
      accessKeyId,
      secretAccessKey,
      tokenHash: hashOf(sessionToken).toString('hex'),
      principal,
      expiration: expiration.toISOString(),
      ...(sourceArn === undefined ? {} : { sourceArn }),
    });
    return { accessKeyId, secretAccessKey, sessionToken, expiration, principal };
  }

  endSessions(sourceArn: string): void {
    this.#store.iam.endSessions(sourceArn);
  }

  #resolveSession(session: SessionRow, sessionToken: string | undefined): ResolvedCredential | undefined {
    if (sessionToken === undefined || session.expiration <= this.#clock.now().toISOString()) return undefined;
    if (!timingSafeEqual(hashOf(sessionToken), Buffer.from(session.tokenHash, 'hex'))) return undefined;
    // A user's session ends with the user; a role's session stays, and has no permissions once the role is gone.
    const { principal } = session;
    if (principal.type === 'user' && this.#user(principal.accountId, principal.userName)?.userId !== principal.userId) return undefined;
    return { secretAccessKey: session.secretAccessKey, principal };
  }

  #user(accountId: string, userName: string): (Principal & { type: 'user' }) | undefined {
    const user = this.#store.iam.of(accountId).users.find(userName);
    return user === undefined ? undefined : { type: 'user', accountId, arn: user.arn, userId: user.userId, userName };
  }
}
