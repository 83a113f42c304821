import { AwsError } from '../../aws/aws-error.ts';

/** Every error STS answers with by itself. Refusals to assume a role come from `access/`. */
export const stsErrors = {
  malformedPolicyDocument: (problem: string) => new AwsError('MalformedPolicyDocument', problem),
  invalidSessionPolicyArn: (arn: string) => new AwsError('ValidationError', `Session policy ${arn} does not exist or is not attachable.`),
  notSupported: (member: string) => new AwsError('ValidationError', `${member} is not supported: it would not be enforced.`),
  packedPolicyTooLarge: (percent: number) =>
    new AwsError('PackedPolicyTooLarge', `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`),
  policiesTooLong: (max: number) => new AwsError('ValidationError', `The session policies and their ARNs have more than ${max} characters.`),
  unknownAccessKey: (accessKeyId: string) => new AwsError('ValidationError', `The access key ${accessKeyId} is not known here.`),
  invalidAuthorizationMessage: () =>
    new AwsError('InvalidAuthorizationMessageException', 'The encoded authorization message is invalid. Give it whole, as the refusal had it.'),
  noSessionTokenForSession: () => new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', { status: 403 }),
  callerRequired: () => new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', { status: 403 }),
};
