import { openArtefact } from '../predict/artefact.ts';
import { predictRows } from '../predict/predict-rows.ts';

export interface PredictOptions {
  readonly margins: boolean;
}

/** Rows of standard input through a compiled model: a line of predictions for each. Needs no daemon. */
export async function predict(path: string, { margins }: PredictOptions): Promise<void> {
  const artefact = openArtefact(path);
  const { features } = artefact;
  if (process.stdin.isTTY) tell(`rows of ${features} numbers with commas between them, and Ctrl-D at the end`);
  try {
    const rows = await predictRows(artefact, margins, process.stdin, process.stdout);
    if (rows === 0) tell(`standard input holds no rows; the model takes ${features} numbers in each`);
  } finally {
    process.stdin.destroy();
    await artefact.close();
  }
}

const tell = (text: string): void => void process.stderr.write(`cloister: ${text}\n`);
