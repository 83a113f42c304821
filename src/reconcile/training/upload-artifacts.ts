import { joinS3Path, parseS3Uri } from '../../model/job/s3-uri.ts';
import { present } from '../../stdx/assert.ts';
import type { SagaStep } from '../saga.ts';
import type { TrainingJobContext } from './context.ts';
import { transfer } from '../job/transfer.ts';

/**
 * `/opt/ml/model` and `/opt/ml/output/data`, as archives or as they are, into S3OutputPath; nothing where there is nothing.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/model-train-storage-uncompressed.html
 */
const artifacts = [
  { directory: 'model', GZIP: 'model.tar.gz', NONE: 'model/' },
  { directory: 'output/data', GZIP: 'output.tar.gz', NONE: 'data/' },
] as const;

export const uploadArtifacts: SagaStep<TrainingJobContext> = {
  name: 'upload-artifacts',
  runsWhenStopped: true,
  async run(context, signal) {
    context.advance('Uploading');
    const [first, ...others] = context.instances;
    const peers = others.map(({ host }) => host);
    const { S3OutputPath, CompressionType: compressionType = 'GZIP' } = context.request.OutputDataConfig;
    const targets = artifacts.map(({ directory, [compressionType]: name }) => {
      const { bucket, key } = present(parseS3Uri(joinS3Path(S3OutputPath, `${context.name}/output/${name}`)), 'the shape requires an S3 URI');
      return { directory, compressionType, bucket, key, peers };
    });
    const result = await transfer(
      context,
      present(first, 'a job has an instance'),
      'upload',
      { kind: 'upload', orderId: 'upload', archives: targets },
      signal,
    );
    if (result.text !== undefined) context.services.log('files of a job were left out', { job: context.name, reason: result.text });
    return { objects: result.objects, bytes: result.bytes, ...(result.text !== undefined && { notice: result.text }) };
  },
};
