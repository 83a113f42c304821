import { once } from 'node:events';
import { openArtefact } from '../predict/artefact.ts';
import { readRows, shortest } from '../predict/rows.ts';

export interface PredictOptions {
  readonly margins: boolean;
}

/** Rows of standard input through a compiled model: a line of predictions for each. Needs no daemon. */
export async function predict(path: string, { margins }: PredictOptions): Promise<void> {
  const { features, runner, close } = openArtefact(path);
  try {
    for await (const batch of readRows(process.stdin, features)) {
      const { width, values } = await runner.predict({ ...batch, features, margins });
      const lines = Array.from({ length: batch.count }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width), shortest).join(','));
      if (!process.stdout.write(`${lines.join('\n')}\n`)) await once(process.stdout, 'drain');
    }
  } finally {
    await close();
  }
}
