import { expect, it } from 'vitest';
import { failureReasonCharactersMax } from '../../model/job/failure-reason.ts';
import { JobFailure } from './job-failure.ts';

it('is told in as many characters as AWS shows, whoever worded it', () => {
  const roleArn = `arn:aws:iam::123456789012:role/${'path/'.repeat(300)}executes`;
  const { failureReason, message } = new JobFailure(`ClientError: The execution role ${roleArn} lacks ec2:DescribeVpcs`);
  expect([failureReason.length, message.length > failureReasonCharactersMax]).toEqual([failureReasonCharactersMax, true]);
  expect(new JobFailure('ClientError: short').failureReason).toBe('ClientError: short');
});
