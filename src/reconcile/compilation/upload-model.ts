import { compiledModelUri } from '../../model/job/compilation-target.ts';
import { compilationFolders } from '../../model/job/compiler-contract.ts';
import { parseS3Uri } from '../../model/job/s3-uri.ts';
import { present } from '../../stdx/assert.ts';
import type { SagaStep } from '../saga.ts';
import { transfer } from '../job/transfer.ts';
import { compilerFailure } from './compile-model.ts';
import type { CompilationJobContext } from './context.ts';

/** What the compiler left, as one archive. Of a job that was stopped nothing is uploaded. */
export const uploadModel: SagaStep<CompilationJobContext> = {
  name: 'upload-model',
  async run(context, signal) {
    const { InputConfig, OutputConfig } = context.request;
    const { bucket, key } = present(parseS3Uri(compiledModelUri(InputConfig.S3Uri, OutputConfig)), 'the operation requires an S3 URI');
    const instance = present(context.instances[0], 'a compilation job has an instance');
    const archives = [{ directory: compilationFolders.compiled, compressionType: 'GZIP', bucket, key } as const];
    const { objects, bytes, digest } = await transfer(context, instance, 'upload', { kind: 'upload', orderId: 'upload', archives }, signal);
    if (objects === 0 || digest === undefined) throw await compilerFailure(context, { instance, exitCode: 0 }, signal);
    const { store } = context.services;
    store.transact(() => store.sagemaker.compilationJobs.update(context.name, { artifactDigest: digest }));
    return { objects, bytes };
  },
};
