import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DaemonProcess, region } from './daemon-process.ts';

let daemon: DaemonProcess;
beforeAll(async () => {
  daemon = await DaemonProcess.start();
});
afterAll(async () => await daemon.dispose());

it('cloister explain tells what refused a request of an SDK by its request id, and lists it', async () => {
  const options = { region, endpoint: daemon.endpoint, maxAttempts: 1 };
  const iam = new IAMClient({ ...options, credentials: daemon.credentials });
  const s3 = new S3Client({ ...options, credentials: daemon.credentials, forcePathStyle: true });
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  await s3.send(new CreateBucketCommand({ Bucket: 'closed' }));
  const Resource = ['arn:aws:s3:::closed/*'];
  const statement = {
    Sid: 'Shut',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource,
    Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1a' } },
  };
  await s3.send(new PutBucketPolicyCommand({ Bucket: 'closed', Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) }));

  const anns = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  const put = new S3Client({ ...options, credentials: anns, forcePathStyle: true }).send(
    new PutObjectCommand({ Bucket: 'closed', Key: 'k', Body: 'x' }),
  );
  const error = await put.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(S3ServiceException);
  const requestId = (error as S3ServiceException).$metadata.requestId ?? '';

  expect(await daemon.cloister('explain')).toContain(requestId);
  const told = await daemon.cloister('explain', requestId);
  expect(told).toContain('user/ann may not s3:PutObject on arn:aws:s3:::closed/k');
  expect(told).toContain("at the host's port from 127.0.0.1 by HTTP");
  expect(told).toContain('refused by the Deny in statement Shut of bucket policy of arn:aws:s3:::closed');
  expect(told).toContain('no single change would allow it; these together would:');
  expect(told).toContain('make identity policy user/ann/new with this statement');
  const { refusals } = JSON.parse(await daemon.cloister('explain', requestId, '--json')) as { refusals: { decided: { statement: unknown }[] }[] };
  expect(refusals.map(({ decided }) => decided[0]?.statement)).toEqual([statement]);
});
