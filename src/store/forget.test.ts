import { expect, it } from 'vitest';
import { Store } from './store.ts';

const bucket = { bucketName: 'b', ownerId: '1', region: 'r', createdAt: 'now' };
const object = {
  bucketName: 'b',
  key: 'k',
  size: 1,
  etag: 'e',
  lastModified: 'now',
  storageClass: 'STANDARD',
  checksums: {},
  checksumType: 'FULL_OBJECT',
  partCount: 0,
  headers: {},
  metadata: {},
  tags: {},
} as const;

it('forgets everything but the root key and what was given once', () => {
  const store = new Store(':memory:');
  const key = { secretAccessKey: 's', status: 'Active' } as const;
  store.transact(() => {
    store.identifiers.spend('vpc-1');
    store.identifiers.next('vpc');
    store.identifiers.setSetting('kept', 'yes');
    store.identifiers.setAppliedGeneration('vpc-1', 3);
    store.iam.accessKeys.insert({ ...key, accessKeyId: 'AKIAROOT', owner: 'root' });
    store.iam.accessKeys.insert({ ...key, accessKeyId: 'AKIAUSER', owner: 'user', userName: 'ann' });
    store.ec2.putTag('vpc-1', 'Name', 'mine');
    store.s3.buckets.insert(bucket);
    store.s3.objects.putObject(object, [], { keepsVersions: false, secret: '', now: new Date() });
    store.logs.insertGroup('1', 'g', 1, {});
    store.logs.insertStream(store.logs.findGroup('1', 'g')?.groupId ?? 0, 's', 1);
    store.sagemaker.writeJournal('job', { step: 'a', state: 'done', result: null });
  });
  // Read before, too: what is kept in memory must go.
  expect([store.iam.accessKeys.count(), store.ec2.tags.count()]).toEqual([2, 1]);
  store.forget();
  expect(store.ec2.tagsOf('vpc-1')).toEqual([]);
  expect(store.iam.accessKeys.list().map(({ accessKeyId }) => accessKeyId)).toEqual(['AKIAROOT']);
  expect([store.s3.buckets.list(), store.s3.objects.findObject('b', 'k'), store.sagemaker.journal('job').size]).toEqual([[], undefined, 0]);
  expect(store.logs.countGroups('1')).toBe(0);
  expect(store.identifiers.appliedGeneration('vpc-1')).toBe(0);
  expect([store.identifiers.spend('vpc-1'), store.identifiers.next('vpc'), store.identifiers.setting('kept')]).toEqual([false, 2, 'yes']);
  store.transact(() => store.s3.buckets.insert(bucket));
});
