import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { codeDirectory, type ContractFiles, scriptArguments, scriptEnvironment } from './script-environment.ts';

/**
 * Runs inside a training container, before a user's script and in its process (`node --import`). It gives the script what AWS's
 * toolkit gives those in Python. It is sent along with the script, and so imports nothing but its neighbour.
 */
const read = (name: string): unknown => JSON.parse(readFileSync(`/opt/ml/input/config/${name}.json`, 'utf8'));

// Threads and child processes of the script inherit what was set once.
if (process.env['SM_HPS'] === undefined) {
  const hyperparameters = read('hyperparameters') as ContractFiles['hyperparameters'];
  const surroundings = {
    hyperparameters,
    resources: read('resourceconfig') as ContractFiles['resources'],
    channels: Object.keys(read('inputdataconfig') as object),
    script: relative(codeDirectory, process.argv[1] ?? ''),
    gpus: readdirSync('/dev').filter((name) => /^nvidia\d+$/u.test(name)).length,
    cpus: availableParallelism(),
  };
  Object.assign(process.env, scriptEnvironment(surroundings));
  process.argv.push(...scriptArguments(hyperparameters));
  process.chdir(codeDirectory);
  // The first error that nobody caught is what DescribeTrainingJob says.
  process.on('uncaughtExceptionMonitor', (error) => writeFileSync('/opt/ml/output/failure', error.stack ?? String(error)));
}
