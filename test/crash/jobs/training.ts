import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { present } from '../../../src/stdx/assert.ts';
import * as demo from '../../clients/demo-path.ts';
import type { DaemonLab, Network } from '../../kernel/daemon/lab.ts';
import type { JobKind } from '../cells.ts';
import { countingLines, faultsOfLines, linesOf, type BedJob, type JobState } from './bed-job.ts';

export const instances = ['algo-1', 'algo-2'] as const;

/** Every instance counts, and leaves who it is in the model and in the checkpoints. */
const counting = (lines: number): string =>
  "const i=crypto.randomUUID(),fs=require('fs'),host=process.env.CURRENT_HOST;fs.writeFileSync('/opt/ml/model/'+host,i);" +
  "fs.writeFileSync('/opt/ml/checkpoints/'+host,i);" +
  // Of a channel that is streamed, and of one that is files.
  "const d='/opt/ml/input/data/train';if(fs.existsSync(d+'_0'))fs.createReadStream(d+'_0').resume();" +
  "if(fs.existsSync(d+'/train.csv'))fs.readFileSync(d+'/train.csv');" +
  countingLines(lines, 'i');

const short =
  "require('fs').writeFileSync('/opt/ml/model/m','m');console.log('runs');" +
  "require('net').connect(443,'203.0.113.10').on('error',()=>0).setTimeout(100,()=>process.exit(0))";

export function trainingJob(
  name: string,
  network: Network,
  kind: JobKind = 'plain',
  program = counting(linesOf(name)),
): CreateTrainingJobCommandInput {
  const { VpcConfig, InputDataConfig, ...job } = demo.trainingJob(name, network);
  const [train, ...others] = InputDataConfig;
  const InputMode = kind === 'FastFile' || kind === 'Pipe' ? kind : 'File';
  return {
    ...job,
    InputDataConfig: [{ ...present(train, 'there is a channel'), InputMode }, ...others],
    ...(kind !== 'managed network' && { VpcConfig }),
    ...(kind === 'isolated' && { EnableNetworkIsolation: true }),
    ...(kind === 'checkpoints' && { CheckpointConfig: { S3Uri: `s3://${demo.bucket}/checkpoints/${name}` } }),
    AlgorithmSpecification: {
      TrainingImage: 'cloister/base',
      TrainingInputMode: 'File',
      ContainerEntrypoint: ['node', '-e', 'eval(process.env.PROGRAM)'],
    },
    Environment: { PROGRAM: program },
    ResourceConfig: { ...job.ResourceConfig, InstanceCount: instances.length },
  };
}

/** One instance, no data, one line. One packet of it is refused. */
export function shortJob(name: string, network: Network): CreateTrainingJobCommandInput {
  const { InputDataConfig: _none, ...job } = trainingJob(name, network);
  return {
    ...job,
    AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File', ContainerEntrypoint: ['node', '-e', short] },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
  };
}

const statuses: Readonly<Record<string, JobState['status']>> = { Completed: 'Completed', Failed: 'Failed', Stopped: 'Stopped' };

export async function trainingState(lab: DaemonLab, name: string): Promise<JobState> {
  const { TrainingJobStatus = '', SecondaryStatus = '', FailureReason: reason } = await lab.describeJob(name);
  return { status: statuses[TrainingJobStatus] ?? 'under way', told: `${TrainingJobStatus} ${SecondaryStatus}`, reason };
}

export const training: BedJob = {
  create: async ({ lab }, name, kind, network) => await lab.createJob(trainingJob(name, network, kind)),
  state: async ({ lab }, name) => await trainingState(lab, name),

  /** Each instance ran once, whole, and was heard once. */
  async faultsOfRun({ lab }, name, kind) {
    const archive = await lab.getObject(`output/${name}/output/model.tar.gz`);
    const faults: string[] = [];
    for (const host of instances) {
      const id = demo.fileOfArchive(archive, host);
      const heard = await lab.logLines(name, host).catch((error: unknown) => [String(error)]);
      const kept = kind === 'checkpoints' ? await lab.getObject(`checkpoints/${name}/${host}`).then(String, String) : id;
      if (kept !== id) faults.push(`the checkpoint of ${host} is ${kept}, not ${id}`);
      faults.push(...faultsOfLines(host, id, heard, linesOf(name)));
    }
    return faults;
  },
};
