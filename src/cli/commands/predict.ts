import { openArtefact } from '../predict/artefact.ts';
import { readRows, shortest } from '../predict/rows.ts';

export interface PredictOptions {
  readonly margins: boolean;
}

/** Rows of standard input through a compiled model: a line of predictions for each. Needs no daemon. */
export async function predict(path: string, { margins }: PredictOptions): Promise<void> {
  const { features, runner, close } = openArtefact(path);
  // Each write hears of its own.
  process.stdout.on('error', () => undefined);
  if (process.stdin.isTTY) tell(`rows of ${features} numbers with commas between them, and Ctrl-D at the end`);
  let rows = 0;
  try {
    for await (const batch of readRows(process.stdin, features)) {
      const { width, values } = await runner.predict({ ...batch, features, margins });
      const lines = Array.from({ length: batch.count }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width), shortest).join(','));
      rows += batch.count;
      if (!(await isRead(`${lines.join('\n')}\n`))) break;
    }
    if (rows === 0) tell(`standard input holds no rows; the model takes ${features} numbers in each`);
  } finally {
    process.stdin.destroy();
    await close();
  }
}

const tell = (text: string): void => void process.stderr.write(`cloister: ${text}\n`);

/** False when whoever reads has gone, as `head` does: he has what he wanted. */
async function isRead(text: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  process.stdout.write(text, (error) => {
    if (error === undefined || error === null) resolve(true);
    else if ((error as NodeJS.ErrnoException).code === 'EPIPE') resolve(false);
    else reject(error);
  });
  return await promise;
}
