import { describe, expect, it } from 'vitest';
import type { ServiceName } from '../model/arrival.ts';
import { serviceModel } from './service-model.ts';
import { validate } from './validate.ts';

const refusalOf = (service: ServiceName, name: string, input: Record<string, unknown>): { code: string; message: string } | undefined => {
  const model = serviceModel(service);
  const operation = model.shapes.operation(name);
  if (operation === undefined) throw new Error(`there is no ${name}`);
  try {
    validate(model, operation, input);
    return undefined;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
};

const role = 'arn:aws:iam::111122223333:role/r';
const job = { TrainingJobName: 'job', RoleArn: role, OutputDataConfig: { S3OutputPath: 's3://b/p' } };
const training = (more: Record<string, unknown>): string | undefined => refusalOf('sagemaker', 'CreateTrainingJob', { ...job, ...more })?.message;

/** The texts are AWS's, as users pasted them into public issues. */
describe('the wording of SageMaker', () => {
  it('lets a good input pass', () => {
    expect(training({ VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] } })).toBeUndefined();
  });

  it('prints lists without quotes, and paths in lower camel case', () => {
    expect(training({ VpcConfig: { SecurityGroupIds: [], Subnets: ['subnet-1'] } })).toBe(
      "1 validation error detected: Value '[]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
    const subnets = Array.from({ length: 17 }, (_, index) => `subnet-${index}`);
    expect(training({ VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: subnets } })).toBe(
      `1 validation error detected: Value '[${subnets.join(', ')}]' at 'vpcConfig.subnets' failed to satisfy constraint: Member must have length less than or equal to 16`,
    );
  });

  it('prints every constraint of what a list or map holds', () => {
    expect(training({ VpcConfig: { SecurityGroupIds: ['sg_1'], Subnets: ['subnet-1'] } })).toBe(
      "1 validation error detected: Value '[sg_1]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 32, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [-0-9a-zA-Z]+]",
    );
    expect(training({ HyperParameters: { a: '1', b: 'x'.repeat(2501) } })).toBe(
      `1 validation error detected: Value '{a=1, b=${'x'.repeat(2501)}}' at 'hyperParameters' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 2500, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: .*]`,
    );
  });

  it('joins several, and says so', () => {
    const name = 'a_'.repeat(40);
    expect(training({ TrainingJobName: name })).toBe(
      `2 validation errors detected: Value '${name}' at 'trainingJobName' failed to satisfy constraint: Member must have length less than or equal to 63; Value '${name}' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}`,
    );
  });

  it('says null of what is missing', () => {
    expect(refusalOf('sagemaker', 'CreateTrainingJob', { TrainingJobName: 'job', OutputDataConfig: { S3OutputPath: 's3://b' } })).toEqual({
      code: 'ValidationException',
      message: "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
    });
  });

  it('counts list items from 1', () => {
    const channel = { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://b/p' } } };
    expect(training({ InputDataConfig: [channel, { ...channel, ChannelName: 'no spaces' }] })).toBe(
      "1 validation error detected: Value 'no spaces' at 'inputDataConfig.2.member.channelName' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9\\.\\-_]+",
    );
  });

  it('lists the values of an enumeration, and bounds numbers by value', () => {
    expect(training({ AlgorithmSpecification: { TrainingInputMode: 'Carrier pigeon' } })).toBe(
      "1 validation error detected: Value 'Carrier pigeon' at 'algorithmSpecification.trainingInputMode' failed to satisfy constraint: Member must satisfy enum value set: [Pipe, File, FastFile]",
    );
    expect(refusalOf('sagemaker', 'ListTrainingJobs', { MaxResults: 101 })?.message).toBe(
      "1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
    );
  });
});

describe('the wording of the other services', () => {
  it.each([
    [
      'iam',
      'CreateRole',
      { RoleName: 'x'.repeat(65), AssumeRolePolicyDocument: '{}' },
      'ValidationError',
      "at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64",
    ],
    [
      'logs',
      'CreateLogGroup',
      { logGroupName: 'a b' },
      'InvalidParameterException',
      "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular",
    ],
    ['ec2', 'CreateSecurityGroup', { GroupName: 'g' }, 'MissingParameter', 'The request must contain the parameter description'],
    [
      'ec2',
      'DescribeVpcs',
      { MaxResults: 1 },
      'InvalidParameterValue',
      'Value ( 1 ) for parameter maxResults is invalid. Expecting a value greater than 5.',
    ],
    ['s3', 'DeleteObjects', { Bucket: 'b' }, 'MissingRequestBodyError', 'Request Body is empty'],
    ['s3', 'DeleteObjects', { Bucket: 'b', Delete: { Objects: [{}] } }, 'MalformedXML', 'The XML you provided was not well-formed'],
    ['s3', 'PutObject', { Bucket: 'b', Key: 'k', StorageClass: 'CHEAP' }, 'InvalidStorageClass', 'The storage class you specified is not valid'],
  ] as const)('%s %s %o', (service, name, input, code, message) => {
    const refusal = refusalOf(service, name, input);
    expect(refusal?.code).toBe(code);
    expect(refusal?.message).toContain(message);
  });

  it('never prints what is sensitive', () => {
    const input = { RoleArn: role, RoleSessionName: 'ab', WebIdentityToken: 'xyz' };
    expect(refusalOf('sts', 'AssumeRoleWithWebIdentity', input)).toEqual({
      code: 'ValidationError',
      message:
        "1 validation error detected: Value '***Sensitive***' at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4",
    });
  });
});
