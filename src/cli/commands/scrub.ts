import { Api } from '../api.ts';
import { readRunningDaemon } from '../daemon-file.ts';
import type { Terminal } from '../terminal.ts';

interface Files {
  readonly blobs: number;
  readonly bytes: number;
}

interface Lack {
  readonly bucketName: string;
  readonly key: string;
  readonly versionId?: string;
  readonly uploadId?: string;
  readonly partNumber?: number;
  readonly blobId: string;
  readonly neededBytes: number;
  readonly bytes?: number;
}

interface Scrubbed {
  readonly whole: boolean;
  readonly referenced: Files;
  readonly waiting: Files;
  readonly orphans: Files & { readonly first: readonly { readonly path: string; readonly bytes: number; readonly modifiedAt: string }[] };
  readonly missing: { readonly count: number; readonly first: readonly Lack[] };
  readonly short: { readonly count: number; readonly first: readonly Lack[] };
}

export interface ScrubOptions {
  readonly data: string;
  readonly json: boolean;
}

/** Longer than the daemon's own: its answer says more. */
const scrubDeadlineMs = 60_000;

/** Objects' bytes on disk against the rows that name them. Exit code 1 when a row lacks bytes. */
export async function scrub(terminal: Terminal, options: ScrubOptions): Promise<void> {
  const answer = await new Api(readRunningDaemon(options.data)).operator('/_cloister/scrub', 'GET', scrubDeadlineMs);
  const scrubbed = answer as Scrubbed;
  process.exitCode = scrubbed.whole ? 0 : 1;
  if (options.json) terminal.line(JSON.stringify(scrubbed, undefined, 2));
  else print(terminal, scrubbed);
}

function print(terminal: Terminal, { referenced, waiting, orphans, missing, short }: Scrubbed): void {
  terminal.done(`referenced: ${filesText(referenced)}`);
  terminal.done(`waiting to be removed, or perhaps being uploaded: ${filesText(waiting)}`);
  terminal.done(`orphans, which no row names: ${filesText(orphans)}`);
  for (const { path, bytes, modifiedAt } of orphans.first) terminal.note(`${path}: ${bytes} bytes, last written ${modifiedAt}`);
  printLacks(terminal, 'missing', missing, ({ neededBytes }) => `${neededBytes} bytes are needed`);
  printLacks(terminal, 'too short', short, ({ neededBytes, bytes }) => `${neededBytes} bytes are needed and ${bytes} are there`);
}

function printLacks(terminal: Terminal, title: string, { count, first }: Scrubbed['missing'], why: (lack: Lack) => string): void {
  if (count === 0) terminal.done(`${title}: none`);
  else terminal.refused(`${title}: ${count}`);
  for (const lack of first) terminal.note(`s3://${lack.bucketName}/${lack.key} ${rowText(lack)}: file ${lack.blobId}, ${why(lack)}`);
  if (count > first.length) terminal.note(`and ${count - first.length} more`);
}

const filesText = ({ blobs, bytes }: Files): string => `${blobs} ${blobs === 1 ? 'file' : 'files'}, ${bytes} bytes`;

const rowText = ({ versionId, uploadId, partNumber }: Lack): string =>
  uploadId === undefined ? `(version ${versionId})` : `(part ${partNumber} of upload ${uploadId})`;
