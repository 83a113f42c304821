import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld, stranger } from '../../../test/fakes/operation-world.ts';
import type { Operation } from '../operation.ts';
import { filterPattern } from './filter-pattern.ts';
import { logs } from './registry.ts';

const logGroupName = '/aws/sagemaker/TrainingJobs';
const logStreamName = 'job/algo-1-1234567890';
const groupArn = `arn:aws:logs:us-west-2:111122223333:log-group:${logGroupName}`;
const dayMs = 86_400_000;

let world: OperationWorld;
let now: number;

beforeEach(() => {
  world = new OperationWorld();
  now = world.clock.now().getTime();
  world.run(logs.CreateLogGroup, { logGroupName });
  world.run(logs.CreateLogStream, { logGroupName, logStreamName });
});

const put = (messages: readonly string[], start = now, stream = logStreamName) =>
  world.run(logs.PutLogEvents, {
    logGroupName,
    logStreamName: stream,
    logEvents: messages.map((message, index) => ({ timestamp: start + index, message })),
  });
const get = (more: object = {}) => world.run(logs.GetLogEvents, { logGroupName, logStreamName, ...more });
const messages = (page: { events?: { message?: string | undefined }[] | undefined }) => page.events?.map(({ message }) => message);

describe('log groups', () => {
  it('are made once, and are their account’s own', () => {
    expect(world.refusal(logs.CreateLogGroup, { logGroupName })).toBe('ResourceAlreadyExistsException 400: The specified log group already exists');
    world.run(logs.CreateLogGroup, { logGroupName }, undefined, stranger);
    expect(world.run(logs.DescribeLogGroups, {}).logGroups).toEqual([
      {
        logGroupName,
        creationTime: now,
        metricFilterCount: 0,
        arn: `${groupArn}:*`,
        storedBytes: 0,
        logGroupClass: 'STANDARD',
        logGroupArn: groupArn,
      },
    ]);
  });

  it('are listed by prefix or pattern, page by page', () => {
    for (const name of ['a', 'b1', 'b2', 'b3', 'c']) world.run(logs.CreateLogGroup, { logGroupName: name });
    const names = (page: { logGroups?: { logGroupName?: string | undefined }[] | undefined }) => page.logGroups?.map((group) => group.logGroupName);
    const first = world.run(logs.DescribeLogGroups, { logGroupNamePrefix: 'b', limit: 2 });
    expect(names(first)).toEqual(['b1', 'b2']);
    const second = world.run(logs.DescribeLogGroups, { logGroupNamePrefix: 'b', limit: 2, nextToken: first.nextToken });
    expect(names(second)).toEqual(['b3']);
    expect(second).not.toHaveProperty('nextToken');
    expect(names(world.run(logs.DescribeLogGroups, { logGroupNamePattern: 'Training' }))).toEqual([logGroupName]);
    expect(world.refusal(logs.DescribeLogGroups, { nextToken: 'x' })).toBe('InvalidParameterException 400: The specified nextToken is invalid.');
  });

  it('are deleted with all they hold', () => {
    put(['one']);
    world.run(logs.DeleteLogGroup, { logGroupName });
    expect(world.refusal(logs.DescribeLogStreams, { logGroupName })).toBe('ResourceNotFoundException 400: The specified log group does not exist.');
    world.run(logs.CreateLogGroup, { logGroupName });
    world.run(logs.CreateLogStream, { logGroupName, logStreamName });
    expect(messages(get())).toEqual([]);
  });

  it('carry tags', () => {
    world.run(logs.TagResource, { resourceArn: `${groupArn}:*`, tags: { a: '1', b: '2' } });
    world.run(logs.UntagResource, { resourceArn: groupArn, tagKeys: ['a'] });
    expect(world.run(logs.ListTagsForResource, { resourceArn: groupArn })).toEqual({ tags: { b: '2' } });
    expect(world.refusal(logs.TagResource, { resourceArn: groupArn, tags: { 'aws:x': '1' } })).toMatch(/^InvalidParameterException/);
    expect(world.refusal(logs.ListTagsForResource, { resourceArn: groupArn.replace('1111', '2222') })).toMatch(/^ResourceNotFoundException/);
  });

  it('refuse what is not done here', () => {
    expect(world.refusal(logs.CreateLogGroup, { logGroupName: 'k', kmsKeyId: 'arn' })).toBe('NotImplemented 501: kmsKeyId is not implemented');
  });

  it('keep events as long as they were told to', () => {
    put(['old'], now - 2 * dayMs);
    put(['new']);
    world.run(logs.PutRetentionPolicy, { logGroupName, retentionInDays: 1 });
    expect(world.run(logs.DescribeLogGroups, {}).logGroups).toMatchObject([{ retentionInDays: 1 }]);
    expect(messages(get())).toEqual(['new']);
    expect(messages(world.run(logs.FilterLogEvents, { logGroupName }))).toEqual(['new']);
    expect(world.store.logs.deleteExpiredEvents(world.clock.now(), 10)).toBe(1);
    world.run(logs.DeleteRetentionPolicy, { logGroupName });
    expect(messages(get())).toEqual(['new']);
    expect(world.refusal(logs.PutRetentionPolicy, { logGroupName, retentionInDays: 2 })).toMatch(/^InvalidParameterException/);
  });
});

describe('log streams', () => {
  it('are made once, in a group', () => {
    expect(world.refusal(logs.CreateLogStream, { logGroupName, logStreamName })).toBe(
      'ResourceAlreadyExistsException 400: The specified log stream already exists',
    );
    expect(world.refusal(logs.CreateLogStream, { logGroupName: 'none', logStreamName })).toBe(
      'ResourceNotFoundException 400: The specified log group does not exist.',
    );
  });

  it('are deleted with their events', () => {
    put(['one']);
    world.run(logs.DeleteLogStream, { logGroupName, logStreamName });
    expect(world.refusal(logs.GetLogEvents, { logGroupName, logStreamName })).toBe(
      'ResourceNotFoundException 400: The specified log stream does not exist.',
    );
  });

  it('are listed by name or by their last event, both ways, page by page', () => {
    for (const [index, name] of ['job/a', 'job/b', 'other'].entries()) {
      world.run(logs.CreateLogStream, { logGroupName, logStreamName: name });
      put(['x'], now + 1_000 - index, name);
    }
    const pages = (more: object): (string | undefined)[] => {
      const names: (string | undefined)[] = [];
      let nextToken: string | undefined;
      do {
        const page = world.run(logs.DescribeLogStreams, { logGroupName, limit: 1, nextToken, ...more });
        names.push(...(page.logStreams?.map((stream) => stream.logStreamName) ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return names;
    };
    expect(pages({})).toEqual(['job/a', 'job/algo-1-1234567890', 'job/b', 'other']);
    expect(pages({ descending: true })).toEqual(['other', 'job/b', 'job/algo-1-1234567890', 'job/a']);
    expect(pages({ logStreamNamePrefix: 'job/' })).toEqual(['job/a', 'job/algo-1-1234567890', 'job/b']);
    expect(pages({ orderBy: 'LastEventTime' })).toEqual(['job/algo-1-1234567890', 'other', 'job/b', 'job/a']);
    expect(pages({ orderBy: 'LastEventTime', descending: true })).toEqual(['job/a', 'job/b', 'other', 'job/algo-1-1234567890']);
    expect(world.refusal(logs.DescribeLogStreams, { logGroupName, logStreamNamePrefix: 'job/', orderBy: 'LastEventTime' })).toBe(
      'InvalidParameterException 400: Cannot order by LastEventTime with a logStreamNamePrefix.',
    );
  });

  it('tell the times of their events', () => {
    put(['one', 'two']);
    put(['zero'], now - 5);
    expect(world.run(logs.DescribeLogStreams, { logGroupIdentifier: `${groupArn}:*` }).logStreams).toMatchObject([
      { firstEventTimestamp: now - 5, lastEventTimestamp: now + 1, lastIngestionTime: now, arn: `${groupArn}:log-stream:${logStreamName}` },
    ]);
    expect(world.run(logs.DescribeLogGroups, {}).logGroups).toMatchObject([{ storedBytes: 10 + 3 * 26 }]);
  });
});

describe('PutLogEvents', () => {
  const refusal = (logEvents: { timestamp: number; message: string }[]) =>
    world.refusal(logs.PutLogEvents, { logGroupName, logStreamName, logEvents });
  const event = (timestamp: number, message = 'x') => ({ timestamp, message });

  it('takes events without a sequence token, or with any', () => {
    const { nextSequenceToken } = put(['one']);
    expect(nextSequenceToken).toMatch(/^49\d{54}$/);
    world.run(logs.PutLogEvents, { logGroupName, logStreamName, sequenceToken: 'wrong', logEvents: [event(now, 'two\n\0"é"')] });
    expect(messages(get())).toEqual(['one', 'two\n\0"é"']);
  });

  it('refuses a batch that is out of order, too long or too large', () => {
    expect(refusal([event(now), event(now - 1)])).toBe(
      'InvalidParameterException 400: Log events in a single PutLogEvents request must be in chronological order.',
    );
    expect(refusal([event(now - dayMs - 1), event(now)])).toBe(
      'InvalidParameterException 400: The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
    expect(refusal([event(now, 'x'.repeat(1_048_551))])).toBe(
      'InvalidParameterException 400: Log event too large: 1048577 bytes exceeds limit of 1048576',
    );
    expect(refusal([event(now, 'x'.repeat(600_000)), event(now, 'x'.repeat(600_000))])).toBe(
      'InvalidParameterException 400: Upload too large: 1200052 bytes exceeds limit of 1048576',
    );
    expect(refusal([])).toMatch(/^InvalidParameterException/);
    expect(messages(get())).toEqual([]);
  });

  it('leaves out events that are too old, expired or too new, and says which', () => {
    world.run(logs.PutRetentionPolicy, { logGroupName, retentionInDays: 7 });
    const logEvents = [event(now - 15 * dayMs), event(now - 8 * dayMs), event(now, 'kept'), event(now + 3 * 3_600_000), event(now + 4 * 3_600_000)];
    const { rejectedLogEventsInfo } = world.run(logs.PutLogEvents, { logGroupName, logStreamName, logEvents });
    expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 2, tooNewLogEventStartIndex: 3 });
    expect(messages(get())).toEqual(['kept']);
  });
});

describe('GetLogEvents', () => {
  it('reads from the head until the token stays the same, and then what comes later', () => {
    put(['a', 'b', 'c']);
    const first = get({ startFromHead: true, limit: 2 });
    expect(messages(first)).toEqual(['a', 'b']);
    const second = get({ startFromHead: true, limit: 2, nextToken: first.nextForwardToken });
    expect(messages(second)).toEqual(['c']);
    const end = get({ startFromHead: true, nextToken: second.nextForwardToken });
    expect(messages(end)).toEqual([]);
    expect(end.nextForwardToken).toBe(second.nextForwardToken);
    put(['d'], now + 10);
    expect(messages(get({ startFromHead: true, nextToken: end.nextForwardToken }))).toEqual(['d']);
  });

  it('reads the newest first without startFromHead, and backwards', () => {
    put(['a', 'b', 'c', 'd', 'e']);
    const newest = get({ limit: 2 });
    expect(messages(newest)).toEqual(['d', 'e']);
    const older = get({ limit: 2, nextToken: newest.nextBackwardToken });
    expect(messages(older)).toEqual(['b', 'c']);
    const oldest = get({ limit: 2, nextToken: older.nextBackwardToken });
    expect(messages(oldest)).toEqual(['a']);
    const end = get({ limit: 2, nextToken: oldest.nextBackwardToken });
    expect(messages(end)).toEqual([]);
    expect(end.nextBackwardToken).toBe(oldest.nextBackwardToken);
    expect(messages(get({ nextToken: older.nextForwardToken }))).toEqual(['d', 'e']);
  });

  it('waits at an empty stream', () => {
    const { nextForwardToken } = get();
    put(['first']);
    expect(messages(get({ nextToken: nextForwardToken }))).toEqual(['first']);
  });

  it('keeps events of one time in order of arrival', () => {
    for (const message of ['a', 'b', 'c']) put([message]);
    expect(messages(get({ startFromHead: true }))).toEqual(['a', 'b', 'c']);
    expect(messages(get({ limit: 2 }))).toEqual(['b', 'c']);
  });

  it('reads a range of times, the end not included', () => {
    put(['a', 'b', 'c', 'd']);
    expect(messages(get({ startTime: now + 1, endTime: now + 3 }))).toEqual(['b', 'c']);
  });

  it('answers at most 1 MB, and at least one event', () => {
    for (const index of [0, 1, 2]) put([`${index}${'x'.repeat(500_000)}`], now + index);
    const page = get({ startFromHead: true });
    expect(page.events).toHaveLength(2);
    expect(messages(get({ startFromHead: true, nextToken: page.nextForwardToken }))).toHaveLength(1);
  });

  it('reads many events over many pages', () => {
    const all = Array.from({ length: 2_345 }, (_, index) => String(index));
    put(all);
    expect(messages(get({ startFromHead: true }))).toEqual(all);
    expect(messages(get())).toEqual(all);
  });

  it('refuses a token it did not give, and a group named twice or not at all', () => {
    expect(world.refusal(logs.GetLogEvents, { logGroupName, logStreamName, nextToken: 'f/1' })).toBe(
      'InvalidParameterException 400: The specified nextToken is invalid.',
    );
    expect(world.refusal(logs.GetLogEvents, { logStreamName })).toMatch(/^InvalidParameterException/);
    expect(world.refusal(logs.GetLogEvents, { logGroupName, logGroupIdentifier: groupArn, logStreamName })).toMatch(/^InvalidParameterException/);
  });
});

describe('FilterLogEvents', () => {
  const filter = (more: object = {}) => world.run(logs.FilterLogEvents, { logGroupName, ...more });

  beforeEach(() => {
    world.run(logs.CreateLogStream, { logGroupName, logStreamName: 'job/algo-2' });
    world.run(logs.CreateLogStream, { logGroupName, logStreamName: 'empty' });
    put(['one ok', 'three ERROR'], now);
    put(['two ERROR', 'four ok'], now, 'job/algo-2');
  });

  it('puts the events of all streams in order of time, page by page', () => {
    const first = filter({ limit: 3 });
    expect(messages(first)).toEqual(['one ok', 'two ERROR', 'three ERROR']);
    expect(first.events?.map((event) => event.logStreamName)).toEqual([logStreamName, 'job/algo-2', logStreamName]);
    const second = filter({ limit: 3, nextToken: first.nextToken });
    expect(messages(second)).toEqual(['four ok']);
    expect(second).not.toHaveProperty('nextToken');
    expect(new Set([...(first.events ?? []), ...(second.events ?? [])].map(({ eventId }) => eventId)).size).toBe(4);
  });

  it('finds a pattern, in some streams, in a range of times', () => {
    expect(messages(filter({ filterPattern: 'ERROR' }))).toEqual(['two ERROR', 'three ERROR']);
    const first = filter({ filterPattern: 'ERROR', limit: 1 });
    expect(messages(first)).toEqual(['two ERROR']);
    expect(messages(filter({ filterPattern: 'ERROR', limit: 1, nextToken: first.nextToken }))).toEqual(['three ERROR']);
    expect(messages(filter({ logStreamNames: ['job/algo-2'] }))).toEqual(['two ERROR', 'four ok']);
    expect(messages(filter({ logStreamNamePrefix: 'job/algo-1' }))).toEqual(['one ok', 'three ERROR']);
    expect(messages(filter({ startTime: now + 1, endTime: now + 1 }))).toEqual(['three ERROR', 'four ok']);
    expect(world.refusal(logs.FilterLogEvents, { logGroupName, logStreamNames: ['none'] })).toMatch(/^ResourceNotFoundException/);
  });

  it.each([
    ['', 'anything', true],
    ['ERROR disk', 'disk: ERROR', true],
    ['ERROR disk', 'ERROR', false],
    ['"disk full"', 'the disk full of it', true],
    ['"disk full"', 'full disk', false],
    ['ERROR -disk', 'ERROR in disk', false],
    ['?ERROR ?WARN', 'WARN', true],
    ['?ERROR ?WARN', 'INFO', false],
    ['error', 'ERROR', false],
  ])('the pattern %j and the message %j: %j', (pattern, message, expected) => {
    expect(filterPattern(pattern)(message)).toBe(expected);
  });

  it('refuses patterns over structure', () => {
    expect(world.refusal(logs.FilterLogEvents, { logGroupName, filterPattern: '{ $.level = "x" }' })).toMatch(/^NotImplemented 501/);
  });
});

/** Operation, its input, the actions it needs and on what. */
const onGroup = `${groupArn}:log-stream:`;
const onStream = `${groupArn}:log-stream:${logStreamName}`;
const stream = { logGroupName, logStreamName };
const table: readonly (readonly [keyof typeof logs, object, ...(readonly [string, string])[]])[] = [
  ['CreateLogGroup', { logGroupName }, ['logs:CreateLogGroup', onGroup]],
  ['CreateLogGroup', { logGroupName, tags: { a: '1' } }, ['logs:CreateLogGroup', onGroup], ['logs:TagResource', groupArn]],
  ['CreateLogStream', stream, ['logs:CreateLogStream', onStream]],
  ['DeleteLogGroup', { logGroupName }, ['logs:DeleteLogGroup', onGroup]],
  ['DeleteLogStream', stream, ['logs:DeleteLogStream', onStream]],
  ['DeleteRetentionPolicy', { logGroupName }, ['logs:DeleteRetentionPolicy', onGroup]],
  ['DescribeLogGroups', {}, ['logs:DescribeLogGroups', 'arn:aws:logs:us-west-2:111122223333:log-group::log-stream:']],
  ['DescribeLogStreams', { logGroupName }, ['logs:DescribeLogStreams', onGroup]],
  ['FilterLogEvents', { logGroupIdentifier: groupArn }, ['logs:FilterLogEvents', onGroup]],
  ['GetLogEvents', stream, ['logs:GetLogEvents', onStream]],
  ['ListTagsForResource', { resourceArn: groupArn }, ['logs:ListTagsForResource', groupArn]],
  ['PutLogEvents', { ...stream, logEvents: [] }, ['logs:PutLogEvents', onStream]],
  ['PutRetentionPolicy', { logGroupName, retentionInDays: 1 }, ['logs:PutRetentionPolicy', onGroup]],
  ['TagResource', { resourceArn: groupArn, tags: {} }, ['logs:TagResource', groupArn]],
  ['UntagResource', { resourceArn: groupArn, tagKeys: [] }, ['logs:UntagResource', groupArn]],
];

describe('every operation', () => {
  it('has a file, and a case here', () => {
    const kebab = Object.keys(logs).map((name) => `${name.replaceAll(/(?!^)([A-Z])/g, '-$1').toLowerCase()}.ts`);
    expect(kebab.sort()).toEqual(readdirSync(new URL('operations', import.meta.url)).sort());
    expect([...new Set(table.map(([name]) => name))].sort()).toEqual(Object.keys(logs).sort());
  });

  it.each(table.map(([name, input, ...expected]) => ({ name, input, expected })))('$name needs $expected', ({ name, input, expected }) => {
    const operation = logs[name] as Operation<object, object>;
    expect(world.demands(operation, input).map(({ action, resource }) => [action, resource])).toEqual(expected);
    for (const [action] of expected) {
      world.refused.clear();
      world.refused.add(action);
      expect(world.refusal(operation, input)).toMatch(/^AccessDenied 403/);
    }
  });
});
