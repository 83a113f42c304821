import { AwsError } from '../../aws/aws-error.ts';

/** Every error CloudWatch Logs can answer here. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html */
export const logsErrors = {
  invalidParameter: (message: string) => new AwsError('InvalidParameterException', message),
  limitExceeded: () => new AwsError('LimitExceededException', 'Resource limit exceeded.'),
  logGroupExists: () => new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists'),
  logGroupNotFound: () => new AwsError('ResourceNotFoundException', 'The specified log group does not exist.'),
  logStreamExists: () => new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists'),
  logStreamNotFound: () => new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.'),
  /** A member that asks for something that is not done here is refused by its name, never ignored. */
  notImplemented: (what: string) => new AwsError('NotImplemented', `${what} is not implemented`, { status: 501 }),
  tooManyTags: (resourceName: string) => new AwsError('TooManyTagsException', `Too many tags on ${resourceName}`, { context: { resourceName } }),
} as const;
