import { describe, expect, it } from 'vitest';
import { expectExactly, type Need } from '../../../test/fixtures/exactly.ts';
import { accountId, iamWorld, region } from '../../../test/fixtures/iam-world.ts';
import type { Operation } from '../operation.ts';
import { logs } from './registry.ts';

const logGroupName = 'group';
const logStreamName = 'stream';
const group = `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}`;
const any = `${group}:log-stream:`;
const stream = `${any}${logStreamName}`;
const everyGroup = `arn:aws:logs:${region}:${accountId}:log-group::log-stream:`;
const fresh = `arn:aws:logs:${region}:${accountId}:log-group:new`;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
const rows: Readonly<Record<keyof typeof logs, readonly [input: object, ...needs: Need[]]>> = {
  CreateLogGroup: [{ logGroupName: 'new', tags: { team: 'vision' } }, ['logs:CreateLogGroup', `${fresh}:log-stream:`], ['logs:TagResource', fresh]],
  CreateLogStream: [{ logGroupName, logStreamName: 'new' }, ['logs:CreateLogStream', `${any}new`]],
  DeleteLogGroup: [{ logGroupName }, ['logs:DeleteLogGroup', any]],
  DeleteLogStream: [{ logGroupName, logStreamName }, ['logs:DeleteLogStream', stream]],
  DeleteRetentionPolicy: [{ logGroupName }, ['logs:DeleteRetentionPolicy', any]],
  DescribeLogGroups: [{}, ['logs:DescribeLogGroups', everyGroup]],
  DescribeLogStreams: [{ logGroupName }, ['logs:DescribeLogStreams', any]],
  FilterLogEvents: [{ logGroupName }, ['logs:FilterLogEvents', any]],
  GetLogEvents: [{ logGroupName, logStreamName }, ['logs:GetLogEvents', stream]],
  ListTagsForResource: [{ resourceArn: group }, ['logs:ListTagsForResource', group]],
  PutLogEvents: [
    { logGroupName, logStreamName, logEvents: [{ timestamp: Date.parse('2026-11-01T12:00:00Z'), message: 'm' }] },
    ['logs:PutLogEvents', stream],
  ],
  PutRetentionPolicy: [{ logGroupName, retentionInDays: 7 }, ['logs:PutRetentionPolicy', any]],
  TagResource: [{ resourceArn: group, tags: { team: 'vision' } }, ['logs:TagResource', group]],
  UntagResource: [{ resourceArn: group, tagKeys: ['team'] }, ['logs:UntagResource', group]],
};

function prepared() {
  const world = iamWorld();
  world.call(logs.CreateLogGroup, { logGroupName });
  world.call(logs.CreateLogStream, { logGroupName, logStreamName });
  const told = [logs.DescribeLogGroups, logs.DescribeLogStreams, logs.GetLogEvents] as unknown as Operation<object, unknown>[];
  return {
    world,
    stored: () =>
      told.map((read) =>
        JSON.stringify(world.call(read, read === (told[0] as unknown) ? {} : { logGroupName, ...(read === told[2] ? { logStreamName } : {}) })),
      ),
  };
}

describe('every operation is allowed by exactly its actions on exactly its resources, and denied without any one of them', () => {
  it.each(Object.keys(rows) as (keyof typeof rows)[])('logs:%s', (name) => {
    const { world, stored } = prepared();
    const [input, ...needs] = rows[name];
    expectExactly({ world, operation: logs[name] as Operation<any, any>, input, needs, rows: stored });
  });

  it('is tested for every operation', () => {
    expect(Object.keys(rows).toSorted()).toEqual(Object.keys(logs).toSorted());
  });
});

it('tags that are given are keys of the request', () => {
  const { world } = prepared();
  const tagging = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'logs:*',
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestTag/team': 'vision' }, 'ForAllValues:StringEquals': { 'aws:TagKeys': 'team' } },
      },
    ],
  });
  const caller = world.sessionOf(world.makeRole('Tags', tagging));
  const making = (tags: Record<string, string>) => (): unknown => world.call(logs.CreateLogGroup, { logGroupName: 'new', tags }, caller);
  expect(making({ team: 'speech' })).toThrow('is not authorized to perform: logs:CreateLogGroup');
  expect(making({ team: 'vision', more: 'x' })).toThrow('is not authorized to perform: logs:CreateLogGroup');
  expect(making({ team: 'vision' })).not.toThrow();
});
