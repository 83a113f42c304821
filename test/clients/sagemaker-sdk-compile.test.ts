import * as Iam from '@aws-sdk/client-iam';
import * as S3 from '@aws-sdk/client-s3';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { present } from '../../src/stdx/assert.ts';
import { xgboostCases } from '../../images/compiler/xgboost/cases.ts';
import { tarOf } from '../fixtures/compiler-image.ts';
import { needsImage } from '../fixtures/distribution-image.ts';
import { DaemonProcess, region } from './daemon-process.ts';
import * as demo from './demo-path.ts';
import { runSdk } from './sagemaker-sdk/run-sdk.ts';

/** `Model.compile` of the SageMaker Python SDK, which waits for the job and says its FailureReason. */

const bucket = 'sagemaker-compiled';
let daemon: DaemonProcess | undefined;

needsImage('cloister/compiler');
afterAll(async () => await daemon?.dispose());

it('compiles a model by the SDK, and says why where it does not', async () => {
  daemon = await DaemonProcess.start();
  const settings = { region, endpoint: daemon.endpoint, credentials: daemon.credentials };
  const iam = new Iam.IAMClient(settings);
  await iam.send(new Iam.CreateRoleCommand({ RoleName: demo.roleName, AssumeRolePolicyDocument: demo.trustPolicy }));
  const PolicyArn = 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess';
  await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: demo.roleName, PolicyArn }));
  const s3 = new S3.S3Client({ ...settings, forcePathStyle: true });
  await s3.send(new S3.CreateBucketCommand({ Bucket: bucket }));
  const model = present(xgboostCases().find(({ name }) => name === 'logistic')?.models['json'], 'the corpus has a logistic model');
  const Body = gzipSync(tarOf({ 'xgboost-model': model.toString() }));
  await s3.send(new S3.PutObjectCommand({ Bucket: bucket, Key: 'model.tar.gz', Body }));
  const given = { model: `s3://${bucket}/model.tar.gz`, output: `s3://${bucket}/out`, role: demo.roleArn };
  expect(await runSdk(daemon, 'v2', 'compile_model.py', given)).toEqual({
    xgboost: { job: 'sdk-xgboost', model: `s3://${bucket}/out/model-ml_c5.tar.gz` },
    onnx: {
      job: 'sdk-onnx',
      error: expect.stringContaining(
        'ClientError: InputConfiguration: No .onnx file found for ONNX model. Please make sure the framework you select is correct.',
      ),
    },
  });
  const { ContentLength } = await s3.send(new S3.HeadObjectCommand({ Bucket: bucket, Key: 'out/model-ml_c5.tar.gz' }));
  expect(ContentLength).toBeGreaterThan(1_000);
});
