import { joinS3Path, parseS3Uri } from '../../model/job/s3-uri.ts';
import { present } from '../../stdx/assert.ts';
import type { SagaStep } from '../saga.ts';
import type { TrainingJobContext } from './context.ts';
import { transfer } from './transfer.ts';

/** `/opt/ml/model` and `/opt/ml/output/data`, as archives, into S3OutputPath; nothing where there is nothing. */
const archives = [
  { directory: 'model', name: 'model.tar.gz' },
  { directory: 'output/data', name: 'output.tar.gz' },
] as const;

export const uploadArtifacts: SagaStep<TrainingJobContext> = {
  name: 'upload-artifacts',
  runsWhenStopped: true,
  async run(context, signal) {
    context.advance('Uploading');
    const [first, ...others] = context.instances;
    const peers = others.map(({ host }) => host);
    const output = joinS3Path(context.request.OutputDataConfig.S3OutputPath, `${context.name}/output`);
    const targets = archives.map(({ directory, name }) => {
      const { bucket, key } = present(parseS3Uri(joinS3Path(output, name)), 'the shape requires an S3 URI');
      return { directory, bucket, key, peers };
    });
    const result = await transfer(
      context,
      present(first, 'a job has an instance'),
      'upload',
      { kind: 'upload', orderId: 'upload', archives: targets },
      signal,
    );
    return { objects: result.objects, bytes: result.bytes };
  },
};
