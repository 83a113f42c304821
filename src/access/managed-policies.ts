import type { PolicyRow } from '../store/iam.ts';
import { sageMakerFullAccess, sageMakerReadOnly } from './sagemaker-policies.ts';
import { vpcFullAccess, vpcReadOnlyAccess } from './vpc-policies.ts';

const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
const allow = (...actions: readonly string[]): object => ({ ...everything, Action: actions });

function policy(policyName: string, policyId: string, createdAt: string, description: string, statements: readonly object[]): PolicyRow {
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return {
    policyName,
    lowerCaseName: policyName.toLowerCase(),
    policyId,
    arn: `arn:aws:iam::aws:policy/${policyName}`,
    path: '/',
    description,
    createdAt,
    updatedAt: createdAt,
    defaultVersionId: 'v1',
    versions: [{ versionId: 'v1', createdAt, document }],
    versionsMade: 1,
    tags: [],
  };
}

/** By ARN. They are readable and attachable, never changeable, and have one version each here. */
export const managedPolicies: ReadonlyMap<string, PolicyRow> = new Map(
  [
    policy('AdministratorAccess', 'ANPAIWMBCKSKIEE64ZLYK', '2015-02-06T18:40:00.000Z', 'Provides full access to AWS services and resources.', [
      everything,
    ]),
    policy('AmazonS3FullAccess', 'ANPAIFIR6V6BVTRAHWINE', '2015-02-06T18:40:00.000Z', 'Provides full access to all buckets.', [allow('s3:*')]),
    policy('AmazonS3ReadOnlyAccess', 'ANPAIZTJ4DXE7G6AGAE6M', '2015-02-06T18:40:00.000Z', 'Provides read only access to all buckets.', [
      allow('s3:Get*', 's3:List*', 's3:Describe*'),
    ]),
    policy(
      'AmazonSageMakerFullAccess',
      'ANPAJZ5IWYMXO5QDB4QOG',
      '2017-11-29T13:07:59.000Z',
      'Provides full access to Amazon SageMaker, and what training and compilation jobs in a VPC need of other services.',
      sageMakerFullAccess,
    ),
    policy(
      'AmazonSageMakerReadOnly',
      'ANPAJTZ2FTFCQ6CFLQA2O',
      '2017-11-29T13:07:09.000Z',
      'Provides read only access to Amazon SageMaker via the AWS Management Console and SDK.',
      sageMakerReadOnly,
    ),
    policy(
      'AmazonVPCFullAccess',
      'ANPAJBWPGNOVKZD3JI2P2',
      '2015-02-06T18:41:16.000Z',
      'Provides full access to VPCs and what is in them.',
      vpcFullAccess,
    ),
    policy('AmazonVPCReadOnlyAccess', 'ANPAIICZJNOJN36GTG6CM', '2015-02-06T18:41:17.000Z', 'Provides read only access to VPCs.', vpcReadOnlyAccess),
    policy('AmazonEC2ReadOnlyAccess', 'ANPAIGDT4SV4GSETWTBZK', '2015-02-06T18:40:17.000Z', 'Provides read only access to EC2.', [
      allow('ec2:Describe*', 'ec2:GetSecurityGroupsForVpc'),
      allow('elasticloadbalancing:Describe*'),
      allow('cloudwatch:ListMetrics', 'cloudwatch:GetMetricStatistics', 'cloudwatch:Describe*'),
      allow('autoscaling:Describe*'),
    ]),
    policy('IAMFullAccess', 'ANPAI7XKCFMBPM3QQRRVQ', '2015-02-06T18:40:38.000Z', 'Provides full access to IAM.', [allow('iam:*')]),
    policy('IAMReadOnlyAccess', 'ANPAJKSO7NDY4T57MWDSQ', '2015-02-06T18:40:39.000Z', 'Provides read only access to IAM.', [
      allow(
        'iam:GenerateCredentialReport',
        'iam:GenerateServiceLastAccessedDetails',
        'iam:Get*',
        'iam:List*',
        'iam:SimulateCustomPolicy',
        'iam:SimulatePrincipalPolicy',
      ),
    ]),
    policy('CloudWatchLogsFullAccess', 'ANPAJ3ZGNWK2R5HW5BQFO', '2015-02-06T18:40:02.000Z', 'Provides full access to CloudWatch Logs.', [
      allow('logs:*', 'cloudwatch:GenerateQuery'),
    ]),
    policy('CloudWatchLogsReadOnlyAccess', 'ANPAJ2YIYDYSNNEHK3VKW', '2015-02-06T18:40:03.000Z', 'Provides read only access to CloudWatch Logs.', [
      allow(
        'logs:Describe*',
        'logs:Get*',
        'logs:List*',
        'logs:StartQuery',
        'logs:StopQuery',
        'logs:TestMetricFilter',
        'logs:FilterLogEvents',
        'logs:StartLiveTail',
        'logs:StopLiveTail',
        'cloudwatch:GenerateQuery',
      ),
    ]),
    policy('AWSDenyAll', 'ANPAZKAPJZG4P43IUQ5E5', '2019-05-01T22:36:14.000Z', 'Denies every action.', [
      { Sid: 'DenyAll', ...everything, Effect: 'Deny' },
    ]),
  ].map((managed) => [managed.arn, managed]),
);
