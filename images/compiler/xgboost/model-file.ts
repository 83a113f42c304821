import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../input-error.ts';

/** Distributed training of SageMaker's XGBoost leaves one file per instance; Neo takes the first one's. */
const firstOfMany = 'xgboost-model-0';

/** Three million nodes as JSON, five million in the other formats: what is read is held in memory, some of it four times. */
const bytesMax = 2 ** 28;

/** The bytes of the one model in a folder, whatever its name. Messages: https://github.com/neo-ai/neo-loader */
export function readModelFile(folder: string): Buffer {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const [only] = files.length === 1 ? files : files.filter(({ name }) => name.endsWith(firstOfMany));
  if (files.length === 0) refuse('InputConfiguration: No model file found.');
  if (only === undefined)
    refuse(
      'InputConfiguration: Invalid XGBoost model: only one XGBoost model file is allowed. Please make sure the framework you select is correct.',
    );
  const path = join(only.parentPath, only.name);
  const { size } = statSync(path);
  if (size > bytesMax) refuse(`InputConfiguration: ModelSizeTooBig: the model has ${size} bytes; at most ${bytesMax} are compiled`);
  return readFileSync(path);
}
