import { afterAll, beforeAll, expect, it } from 'vitest';
import { runPython } from './boto3/run-python.ts';
import { DaemonProcess } from './daemon-process.ts';
import * as demo from './demo-path.ts';

/** Tags of training jobs, policies that look at them, and the end of a job's name. Python goes it, the tests judge what it saw. */

let daemon: DaemonProcess;
let seen: any;

beforeAll(async () => {
  daemon = await DaemonProcess.start();
  const { VpcConfig: _, ...job } = demo.endlessJob('', { subnetId: '', groupId: '' });
  seen = await runPython(daemon, 'test/clients/boto3/tags_and_deletion.py', { ...demo, job });
});
afterAll(async () => await daemon?.dispose());

const tag = (Key: string, Value: string) => ({ Key, Value });
const denied = (action: string) => ({
  code: 'AccessDeniedException',
  message: expect.stringMatching(new RegExp(`user/(?:vision|sound) is not authorized to perform: sagemaker:${action} on resource: `, 'u')),
});
const unknown = { code: 'ValidationException', message: 'Requested resource not found.' };

it.each(['untagged', 'othersTag', 'furtherKey'])('makes no job whose tags the policy does not want (%s)', (which) => {
  expect(seen[which]).toMatchObject(denied('CreateTrainingJob'));
});

it('makes one that has them, and they are its tags', () => {
  expect(seen.created).toEqual([tag('team', 'vision'), tag('stage', 'one')]);
});

it('keeps it from those whose policies want other tags', () => {
  const { describe, stop, tags, delete: remove } = seen.strangers;
  expect(describe).toMatchObject(denied('DescribeTrainingJob'));
  expect(stop).toMatchObject(denied('StopTrainingJob'));
  expect(tags).toMatchObject(denied('ListTags'));
  expect(remove).toMatchObject(denied('DeleteTrainingJob'));
  expect(seen.retag).toMatchObject(denied('AddTags'));
});

it('adds, changes and takes tags away', () => {
  expect(seen.added).toEqual([tag('team', 'vision'), tag('stage', 'two'), tag('Stage', 'other')]);
  expect(seen.twice).toMatchObject({ code: 'ValidationException', message: 'Duplicate tag key found: a' });
  expect(seen.deleted).toEqual([tag('team', 'vision'), tag('stage', 'two')]);
});

it('deletes no job that runs', () => {
  expect(seen.running).toMatchObject({ code: 'ResourceInUse', class: 'ResourceInUse' });
});

it('knows nothing of a deleted one, and keeps what it wrote', () => {
  expect(seen.stopped).toBe('Stopped');
  expect(seen.gone).toMatchObject({ describe: unknown, tags: unknown, delete: unknown, names: [] });
  // Whose policies are about its tags learns less.
  expect(seen.gone.member).toMatchObject(denied('DescribeTrainingJob'));
  expect(seen.left).toContain('output/tagged/output/model.tar.gz');
});
