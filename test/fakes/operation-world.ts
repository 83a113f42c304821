import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Access } from '../../src/access/access.ts';
import { AwsError } from '../../src/aws/aws-error.ts';
import type { Demand } from '../../src/model/policy/decision.ts';
import type { Principal } from '../../src/model/policy/principal.ts';
import type { Operation, OperationContext, ReconcilerName } from '../../src/services/operation.ts';
import { manualClock } from '../../src/stdx/clock.ts';
import { seededRandom } from '../../src/stdx/random.ts';
import type { BlobSlices, ReceivedBlob } from '../../src/store/blobs/blob.ts';
import { Store } from '../../src/store/store.ts';
import { machine } from './machine.ts';

export const accountId = '111122223333';
export const alice: Principal = { type: 'user', accountId, arn: `arn:aws:iam::${accountId}:user/alice`, userId: 'AIDAALICE', userName: 'alice' };
export const stranger: Principal = { ...alice, accountId: '999988887777', arn: 'arn:aws:iam::999988887777:user/eve', userName: 'eve' };

/**
 * Operations against a store in memory, the way the gateway runs them: demands, then one transaction, then what
 * follows. Policies are replaced by a set of refused actions, bodies by a map from blob to bytes.
 */
export class OperationWorld {
  readonly store = new Store(':memory:');
  readonly clock = manualClock(new Date('2026-11-21T10:00:00.000Z'));
  /** Actions that nobody may do. */
  readonly refused = new Set<string>();
  readonly woken: ReconcilerName[] = [];
  readonly region: string;
  readonly #random = seededRandom(1);
  readonly #blobs = new Map<string, Buffer>();

  constructor(region = 'us-west-2') {
    this.region = region;
  }

  readonly access: Pick<Access, 'authorise'> = {
    authorise: ({ demand: { action, resource } }) => {
      const denied = this.refused.has(action);
      const message = denied ? `not authorized to perform: ${action} on resource: "${resource}"` : '';
      return { verdict: denied ? 'deny' : 'allow', determining: [], message };
    },
  };

  context(principal: Principal = alice): OperationContext {
    return {
      accountId: 'accountId' in principal ? principal.accountId : accountId,
      region: this.region,
      requestId: 'request',
      principal,
      arrival: { kind: 'host', sourceIp: '127.0.0.1', secure: true },
      now: this.clock.now(),
      store: this.store,
      access: this.access as Access,
      newId: (prefix) => `${prefix}-${this.#random.hex(17)}`,
      newUuid: () => this.#random.uuid(),
      chosenIds: false,
      machine,
      wake: (...names) => this.woken.push(...names),
      recordRefusal: () => undefined,
      findRefusal: async () => await Promise.resolve(undefined),
      blobPath: (blobId) => `/blobs/${blobId}`,
    };
  }

  demands<I, O, P>(operation: Operation<I, O, P>, input: I, principal?: Principal): readonly Demand[] {
    return operation.authorize(input, this.context(principal));
  }

  run<I, O, P>(operation: Operation<I, O, P>, input: I, prepared?: P, principal: Principal = alice): O {
    const context = this.context(principal);
    for (const demand of operation.authorize(input, context)) {
      const { verdict, message } = this.access.authorise({ principal, arrival: context.arrival, demand, now: context.now });
      if (verdict !== 'allow') throw new AwsError('AccessDenied', message, { status: 403 });
    }
    let output: O | undefined;
    this.store.transact(() => {
      output = operation.commit(input, context, prepared as P);
    });
    operation.after?.(output as O, prepared as P, context);
    return output as O;
  }

  /** The code and message of the refusal. */
  refusal<I, O, P>(operation: Operation<I, O, P>, input: I, prepared?: P, principal?: Principal): string {
    try {
      this.run(operation, input, prepared, principal);
    } catch (error) {
      if (error instanceof AwsError) return `${error.code} ${error.status}: ${error.message}`;
      throw error;
    }
    throw new Error('it was not refused');
  }

  /** A body as a data worker leaves it. */
  receive(bytes: string | Buffer): ReceivedBlob {
    const body = Buffer.from(bytes);
    const blobId = this.#random.hex(32);
    this.#blobs.set(blobId, body);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(body));
    return { blobId, size: body.length, md5: createHash('md5').update(body).digest('hex'), checksums: { crc32: checksum.toString('base64') } };
  }

  /** The bytes a reply would send. */
  read(body: BlobSlices | undefined): Buffer {
    const pieces = body?.slices.map(({ path, start, end }) => this.#blobs.get(path.slice('/blobs/'.length))?.subarray(start, end + 1));
    return Buffer.concat(pieces?.map((piece) => piece ?? Buffer.alloc(0)) ?? []);
  }
}
