import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateTrainingJobCommandInput, DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { needsImage } from '../../fixtures/distribution-image.ts';
import { DaemonLab, type Network } from '../daemon/lab.ts';

/** Python reads hundreds of megabytes of libraries before a script's first line, and other suites may run beside it. */
export const scriptMs = 240_000;

export interface ScriptJob {
  readonly name: string;
  /** Of `programs/`. */
  readonly script: string;
  readonly hyperparameters?: Readonly<Record<string, string>>;
  readonly instances?: number;
  /** Channels beside those of the demo, by what the keys of their objects begin with. */
  readonly channels?: readonly string[];
  /** Names of jobs whose archives become channels, by the channel. */
  readonly archives?: Readonly<Record<string, string>>;
  readonly metrics?: readonly { readonly Name: string; readonly Regex: string }[];
}

const codeDirectory = '/opt/ml/input/data/code';
/** Where in the bucket a job leaves what its script wrote. */
export const archiveKey = (jobName: string, archive: 'model' | 'output'): string => `output/${jobName}/output/${archive}.tar.gz`;
const objects = (ChannelName: string, key: string) => ({
  ChannelName,
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${demo.bucket}/${key}` } },
});

/** A daemon with data, a role and a private network with a way to S3, in which jobs run scripts in one image. */
export class ScriptLab {
  readonly #image: string;
  readonly lab: DaemonLab;
  readonly network: Network;

  private constructor(image: string, lab: DaemonLab, network: Network) {
    this.#image = image;
    this.lab = lab;
    this.network = network;
  }

  /** For the file that calls it, whose tests skip where the image cannot be made. */
  static ofFile(image: string): () => ScriptLab {
    const { missing } = needsImage(image);
    let opened: DaemonLab | undefined;
    let scripts: ScriptLab;
    beforeAll(async () => {
      if (missing()) return;
      const lab = await DaemonLab.open();
      opened = lab;
      await lab.makeDataAndRole();
      const network = await lab.makeNetwork();
      await lab.makeS3Endpoint(network);
      scripts = new ScriptLab(image, lab, network);
    });
    afterAll(async () => void (await opened?.close()));
    return () => scripts;
  }

  /** Runs a script, whatever becomes of it. */
  async run(job: ScriptJob): Promise<DescribeTrainingJobCommandOutput> {
    await this.lab.putObject(`code/${job.name}/${job.script}`, readFileSync(join(import.meta.dirname, 'programs', job.script)));
    await this.lab.createJob(this.#requestOf(job));
    return await this.lab.endOf(job.name, scriptMs);
  }

  /** A file of an archive that a job left. */
  async fileOf(jobName: string, archive: 'model' | 'output', file: string): Promise<string> {
    return demo.fileOfArchive(await this.lab.getObject(archiveKey(jobName, archive)), file);
  }

  /** The toolkit in the image runs the script, as it does in AWS's framework images. */
  #requestOf({ name, script, hyperparameters, instances = 1, channels = [], archives = {}, metrics = [] }: ScriptJob) {
    const job = demo.trainingJob(name, this.network);
    const added = [
      ...channels.map((channel) => objects(channel, `${channel}/`)),
      ...Object.entries(archives).map(([channel, of]) => objects(channel, archiveKey(of, 'model'))),
    ];
    return {
      ...job,
      AlgorithmSpecification: { TrainingImage: this.#image, TrainingInputMode: 'File', MetricDefinitions: [...metrics] },
      HyperParameters: {
        ...hyperparameters,
        sagemaker_program: JSON.stringify(script),
        sagemaker_submit_directory: JSON.stringify(codeDirectory),
      },
      InputDataConfig: [...job.InputDataConfig, objects('code', `code/${name}/`), ...added],
      ResourceConfig: { ...job.ResourceConfig, InstanceCount: instances },
      StoppingCondition: { MaxRuntimeInSeconds: scriptMs / 1_000 },
    } satisfies CreateTrainingJobCommandInput;
  }
}
