import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as SageMaker from '@aws-sdk/client-sagemaker';
import * as demo from '../../clients/demo-path.ts';
import type { DaemonLab, Network } from '../daemon/lab.ts';

const programs = new URL('programs/', import.meta.url).pathname;

/** Koffi's native part: with it code makes system calls that Node has no name for. */
function nativeModule(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('koffi'));
  const name = `koffi-linux-${process.arch}`;
  return join(dirname(require.resolve(`@koromix/${name}`)), `linux_${process.arch}`, 'koffi.node');
}

/** Everything that means harm, as a job's data. */
export async function putPrograms(lab: DaemonLab): Promise<void> {
  await lab.putObject('train/koffi.node', readFileSync(nativeModule()));
  for (const name of readdirSync(programs)) await lab.putObject(`train/${name}`, readFileSync(join(programs, name)));
}

/** A job whose code is one of the programs, or a command. */
export function hostileJob(name: string, network: Network, entrypoint: readonly string[], channel?: string): SageMaker.CreateTrainingJobCommandInput {
  const { InputDataConfig: _data, ...job } = demo.trainingJob(name, network);
  return {
    ...job,
    AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File', ContainerEntrypoint: [...entrypoint] },
    ...(channel !== undefined && { InputDataConfig: [demo.channel(channel)] }),
  };
}

export const program = (name: string): readonly string[] => ['node', '--disable-warning=ExperimentalWarning', `/opt/ml/input/data/train/${name}`];
