import { openArtefact } from '../predict/artefact.ts';
import { predictRows } from '../predict/predict-rows.ts';

/** As a shell says of whom these signals end. */
const endings = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

export interface PredictOptions {
  readonly margins: boolean;
}

/** Rows of standard input through a compiled model: a line of predictions for each. Needs no daemon. */
export async function predict(path: string, { margins }: PredictOptions): Promise<void> {
  const artefact = openArtefact(path);
  const { features } = artefact;
  // The folder that the artefact is in goes also when somebody presses Ctrl-C.
  for (const [signal, exitCode] of endings) process.once(signal, () => void artefact.close().finally(() => process.exit(exitCode)));
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
