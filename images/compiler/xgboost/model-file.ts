import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../input-error.ts';

/** Distributed training of SageMaker's XGBoost leaves one file per instance; Neo takes the first one's. */
const firstOfMany = 'xgboost-model-0';

/** The bytes of the one model in a folder, whatever its name. Messages: https://github.com/neo-ai/neo-loader */
export function readModelFile(folder: string): Buffer {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const [only] = files.length === 1 ? files : files.filter(({ name }) => name.endsWith(firstOfMany));
  if (files.length === 0) refuse('InputConfiguration: No model file found.');
  if (only === undefined)
    refuse(
      'InputConfiguration: Invalid XGBoost model: only one XGBoost model file is allowed. Please make sure the framework you select is correct.',
    );
  return readFileSync(join(only.parentPath, only.name));
}
