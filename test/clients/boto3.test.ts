import { afterAll, beforeAll, expect, it } from 'vitest';
import { runPython } from './boto3/run-python.ts';
import { DaemonProcess } from './daemon-process.ts';
import * as demo from './demo-path.ts';

/** The demo's way with boto3, as it is published: one Python program goes it, the tests judge what it saw. */

let daemon: DaemonProcess;
let seen: any;

beforeAll(async () => {
  daemon = await DaemonProcess.start();
  const unplaced = { subnetId: '', groupId: '' };
  seen = await runPython(daemon, 'test/clients/boto3/demo_path.py', {
    ...demo,
    job: demo.trainingJob('', unplaced),
    endlessJob: demo.endlessJob('endless', unplaced),
    secureEndpoint: daemon.secureEndpoint,
  });
});
afterAll(async () => await daemon?.dispose());

const statuses = (job: any): string[] => job.SecondaryStatusTransitions.map(({ Status }: { Status: string }) => Status);

it('makes a role whose documents come back as they were given', () => {
  expect(seen.role).toMatchObject({ arn: demo.roleArn, inline: JSON.parse(demo.rolePolicy) });
  expect(seen.role.created).toMatch(/^\d{4}-\d{2}-\d{2} .*\+00:00$/u);
});

it("fails a job without a way to its data, in AWS's words and naming the route table", () => {
  expect(seen.withoutEndpoint.waiter).toMatch(/^Waiter TrainingJobCompletedOrStopped failed: Waiter encountered a terminal failure state/u);
  expect(seen.withoutEndpoint.TrainingJobStatus).toBe('Failed');
  expect(seen.withoutEndpoint.FailureReason).toContain(demo.downloadFailed);
  expect(seen.withoutEndpoint.FailureReason).toContain(seen.network.routeTableId);
  expect(seen.interfacesLeft).toEqual([]);
});

it('completes the same job through a gateway endpoint', () => {
  expect(seen.endpoint).toMatchObject({ State: 'available', VpcEndpointType: 'Gateway', RouteTableIds: [seen.network.routeTableId] });
  expect(seen.withEndpoint).toMatchObject({ waiter: null, TrainingJobStatus: 'Completed' });
  expect(statuses(seen.withEndpoint)).toEqual(['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
  demo.expectXgboostModel(Buffer.from(seen.archive, 'base64'));
});

it("reads the job's log page by page", () => {
  const { pages, whole } = seen.log;
  expect(pages.length).toBeGreaterThan(2);
  expect(Math.max(...pages.map(({ length }: { length: number }) => length))).toBe(2);
  expect(pages.flat()).toEqual(whole);
  expect(whole.join('\n')).toMatch(/validation-logloss/u);
});

it('stops a running job and keeps what it had written', () => {
  expect(seen.stopped.TrainingJobStatus).toBe('Stopped');
  expect(statuses(seen.stopped)).toContain('Stopping');
  const archive = Buffer.from(seen.stopped.archive, 'base64');
  expect([demo.fileOfArchive(archive, 'first'), demo.fileOfArchive(archive, 'last')]).toEqual(['first', 'last']);
});

it('lists the jobs page by page', () => {
  expect(seen.jobs).toEqual([['no-endpoint'], ['with-endpoint'], ['endless']]);
});

it('filters and pages what EC2 describes', () => {
  expect(seen.subnets).toEqual({ pages: [5, 2], tagged: ['10.0.10.0/24', '10.0.11.0/24'] });
});

it('uploads in parts, with the checksums of its own choice', () => {
  const { large } = seen;
  expect(large).toMatchObject({ same: true, size: large.expected, ChecksumType: 'COMPOSITE' });
  expect(large.etag).toMatch(/^"[0-9a-f]{32}-2"$/u);
  expect(large.ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==-2$/u);
  expect(large.keys).toContain('large');
  expect(large.keys).toEqual(large.keys.toSorted());
});

it.each([
  ['default', 'AWSAccessKeyId='],
  ['s3', 'AWSAccessKeyId='],
  ['s3v4', 'X-Amz-Signature='],
])('honours an address signed by version %s', (version, mark) => {
  const { url, answer, changed } = seen.presigned[version];
  expect(url).toContain(mark);
  expect(answer).toEqual({ status: 200, body: 'by its address alone' });
  expect(changed.status).toBe(403);
  expect(changed.body).toContain('<Code>SignatureDoesNotMatch</Code>');
});

it('takes an object by a signed address', () => {
  expect(seen.presigned.put).toEqual({ status: 200, body: 'written' });
});

it('gives refusals as the client knows them', () => {
  const { refusals } = seen;
  expect(refusals.bucket).toMatchObject({ code: 'NoSuchBucket', status: 404, class: 'NoSuchBucket', message: 'The specified bucket does not exist' });
  expect(refusals.key).toMatchObject({ code: 'NoSuchKey', status: 404, class: 'NoSuchKey' });
  expect(refusals.vpc.text).toBe(
    "An error occurred (InvalidVpcID.NotFound) when calling the DescribeVpcs operation: The vpc ID 'vpc-0123456789abcdef0' does not exist",
  );
  expect(refusals.jobName).toMatchObject({
    code: 'ValidationException',
    status: 400,
    message: expect.stringMatching(
      /^1 validation error detected: Value '-no-name-' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: /u,
    ),
  });
  expect(refusals.job).toMatchObject({ code: 'ValidationException', message: 'Requested resource not found.' });
  expect(refusals.jobTwice).toMatchObject({ code: 'ResourceInUse', class: 'ResourceInUse' });
  expect(refusals.role).toMatchObject({ code: 'NoSuchEntity', status: 404, class: 'NoSuchEntityException' });
});

it('speaks TLS on the same port, and only with a trusted authority', () => {
  expect(seen.tls).toMatchObject({ account: '000000000000', body: 'sealed' });
  expect(seen.tls.stranger).toContain('CERTIFICATE_VERIFY_FAILED');
});
