import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { IssuedAccessKey } from '../access/access.ts';
import { ensureRootCredentials } from '../access/credentials.ts';
import { CertificateAuthority } from '../drivers/certificates/certificate-authority.ts';
import { auditRotation, RecordFile } from '../gateway/record-file.ts';
import { RefusalFile } from '../gateway/refusal-file.ts';
import type { AuditRecord } from '../gateway/records.ts';
import { systemClock } from '../stdx/clock.ts';
import { systemRandom } from '../stdx/random.ts';
import { Store } from '../store/store.ts';
import { keepPlace } from './begun-for.ts';
import type { Closings } from './closings.ts';
import { lockDataDirectory } from './data-directory-lock.ts';
import { layout } from './layout.ts';
import { log } from './log.ts';
import type { DaemonOptions } from './options.ts';
import { certificateGroups } from './trust.ts';

/** What a data directory holds, open. One daemon at a time. */
export interface DaemonState {
  readonly paths: ReturnType<typeof layout>;
  readonly store: Store;
  /** When this daemon had it for itself. */
  readonly startedAt: Date;
  readonly authority: CertificateAuthority;
  readonly root: IssuedAccessKey;
  readonly audit: RecordFile<AuditRecord>;
  readonly refusals: RefusalFile;
}

export async function openState(options: DaemonOptions, closings: Closings): Promise<DaemonState> {
  const { dataDirectory, region, rootKey, ephemeral } = options;
  const paths = layout(dataDirectory);
  for (const path of [dataDirectory, paths.blobs, paths.instances, paths.audit]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const lock = lockDataDirectory(dataDirectory);
  closings.add('the lock', () => lock.release());
  const startedAt = systemClock.now();
  const store = new Store(paths.database);
  closings.add('the store', () => store.close());
  keepPlace(store, dataDirectory, options);
  const audit = new RecordFile<AuditRecord>(join(paths.audit, 'audit.jsonl'), auditRotation, log);
  const refusals = new RefusalFile(join(paths.audit, 'refusals.jsonl'), log);
  closings.add('the audit', () => {
    audit.flush();
    refusals.flush();
  });
  const authority = await CertificateAuthority.open({ directory: paths.certificates, groups: certificateGroups(region), clock: systemClock });
  const root = ensureRootCredentials(store, systemRandom, rootKey);
  if (ephemeral) markEphemeral(store, dataDirectory, root.created);
  return { paths, store, startedAt, authority, root, audit, refusals };
}

const ephemeralMark = 'ephemeral';

/** A reset forgets what a data directory holds: one that was begun to be kept is not taken for that. */
function markEphemeral({ identifiers, transact }: Store, dataDirectory: string, isNew: boolean): void {
  if (!isNew && identifiers.setting(ephemeralMark) === undefined) {
    throw new Error(`${dataDirectory} holds state that is to be kept. An ephemeral daemon needs a directory of its own`);
  }
  transact(() => identifiers.setSetting(ephemeralMark, 'yes'));
}
