import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  paginateGetLogEvents,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, expect, it } from 'vitest';
import { logs as operations } from '../../src/services/logs/registry.ts';
import { client, closeServers, refusal, setUp } from './gateway-clients.ts';
import { userKey } from './gateway-fixture.ts';

afterEach(closeServers);

const logGroupName = '/aws/sagemaker/TrainingJobs';
const logStreamName = 'job/algo-1-1234567890';

it('the CloudWatch Logs operations, asked by an unmodified client', async () => {
  const { endpoint, access } = setUp({ logs: operations });
  const url = await endpoint();
  const logs = client(CloudWatchLogsClient, url);
  await logs.send(new CreateLogGroupCommand({ logGroupName, tags: { team: 'x' } }));
  expect(await refusal(logs.send(new CreateLogGroupCommand({ logGroupName })))).toMatchObject({
    name: 'ResourceAlreadyExistsException',
    message: 'The specified log group already exists',
  });
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const start = Date.now() - 1_000;
  const logEvents = Array.from({ length: 25 }, (_, index) => ({ timestamp: start + index, message: `line ${index}` }));
  expect((await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))).nextSequenceToken).toMatch(/^\d{56}$/);

  const read: (string | undefined)[] = [];
  // The end is where the token stays the same.
  const pages = paginateGetLogEvents({ client: logs, pageSize: 10, stopOnSameToken: true }, { logGroupName, logStreamName, startFromHead: true });
  for await (const { events } of pages) read.push(...(events ?? []).map(({ message }) => message));
  expect(read).toEqual(logEvents.map(({ message }) => message));

  const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern: '"line 1"', limit: 2 }));
  expect(events?.map(({ message }) => message)).toEqual(['line 1', 'line 10']);
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: 'job/', orderBy: 'LogStreamName' }));
  expect(logStreams).toMatchObject([{ logStreamName, firstEventTimestamp: start, lastEventTimestamp: start + 24 }]);
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 30 }));
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/' }));
  expect(logGroups).toMatchObject([{ logGroupName, retentionInDays: 30 }]);
  expect(await logs.send(new ListTagsForResourceCommand({ resourceArn: logGroups?.[0]?.logGroupArn }))).toMatchObject({ tags: { team: 'x' } });

  expect(await refusal(logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'none' })))).toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  });
  access.allowed = ({ principal }) => principal.type === 'root';
  expect(await refusal(client(CloudWatchLogsClient, url, userKey).send(new DescribeLogGroupsCommand({})))).toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('log-group::log-stream:') as string,
  });
});
