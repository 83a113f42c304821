import type { Readable, Writable } from 'node:stream';
import type { ArtefactRunner } from '../../drivers/process/artefact-runner.ts';
import { readRows, shortest } from './rows.ts';

/** Rows of a stream through a compiled model, a line of predictions for each, until whoever reads them has gone. Returns how many. */
export async function predictRows(
  { features, runner }: { readonly features: number; readonly runner: Pick<ArtefactRunner, 'predict'> },
  margins: boolean,
  input: Readable,
  output: Writable,
): Promise<number> {
  // Each write hears of its own.
  const ignore = (): void => undefined;
  output.on('error', ignore);
  try {
    let rows = 0;
    for await (const batch of readRows(input, features)) {
      const { width, values } = await runner.predict({ ...batch, features, margins });
      const lines = Array.from({ length: batch.count }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width), shortest).join(','));
      rows += batch.count;
      if (!(await isRead(output, `${lines.join('\n')}\n`))) break;
    }
    return rows;
  } finally {
    output.off('error', ignore);
  }
}

/** False when nobody reads on, as `head` does not: he has what he wanted. */
async function isRead(output: Writable, text: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  output.write(text, (error) => {
    if (error === undefined || error === null) resolve(true);
    else if ((error as NodeJS.ErrnoException).code === 'EPIPE') resolve(false);
    else reject(error);
  });
  return await promise;
}
