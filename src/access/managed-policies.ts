import type { PolicyRow } from '../store/iam.ts';

/** A policy that AWS manages: readable and attachable, never changeable. It has one version here. */
export interface ManagedPolicy extends PolicyRow {
  readonly document: string;
}

const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

/**
 * What the compilation guide says this policy includes: the eleven network actions, beside what jobs need of S3, logs,
 * images and SageMaker. Narrower than AWS's copy, which also covers services that are not here.
 */
const sageMakerFullAccess = [
  { Effect: 'Allow', Action: 'sagemaker:*', Resource: '*' },
  {
    Effect: 'Allow',
    Action: [
      'ec2:DescribeVpcEndpoints',
      'ec2:DescribeDhcpOptions',
      'ec2:DescribeVpcs',
      'ec2:DescribeSubnets',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeRouteTables',
      'ec2:DeleteNetworkInterfacePermission',
      'ec2:DeleteNetworkInterface',
      'ec2:CreateNetworkInterfacePermission',
      'ec2:CreateNetworkInterface',
      'ec2:ModifyNetworkInterfaceAttribute',
      'ec2:CreateVpcEndpoint',
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetAuthorizationToken',
      'ecr:GetDownloadUrlForLayer',
      'iam:ListRoles',
      'logs:CreateLogDelivery',
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:DeleteLogDelivery',
      'logs:Describe*',
      'logs:GetLogDelivery',
      'logs:GetLogEvents',
      'logs:ListLogDeliveries',
      'logs:PutLogEvents',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
      'cloudwatch:PutMetricData',
    ],
    Resource: '*',
  },
  {
    Effect: 'Allow',
    Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
    Resource: ['arn:aws:s3:::*SageMaker*', 'arn:aws:s3:::*Sagemaker*', 'arn:aws:s3:::*sagemaker*', 'arn:aws:s3:::*aws-glue*'],
  },
  {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::*',
    Condition: { StringEqualsIgnoreCase: { 's3:ExistingObjectTag/SageMaker': 'true' } },
  },
  {
    Effect: 'Allow',
    Action: ['s3:CreateBucket', 's3:GetBucketLocation', 's3:ListBucket', 's3:ListAllMyBuckets', 's3:GetBucketCors', 's3:PutBucketCors'],
    Resource: '*',
  },
  {
    Effect: 'Allow',
    Action: ['s3:GetBucketAcl', 's3:PutObjectAcl'],
    Resource: ['arn:aws:s3:::*SageMaker*', 'arn:aws:s3:::*Sagemaker*', 'arn:aws:s3:::*sagemaker*'],
  },
  {
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: 'arn:aws:iam::*:role/*',
    Condition: { StringEquals: { 'iam:PassedToService': ['sagemaker.amazonaws.com'] } },
  },
];

function policy(policyName: string, policyId: string, createdAt: string, description: string, statements: readonly object[]): ManagedPolicy {
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
    document,
  };
}

/** By ARN. */
export const managedPolicies: ReadonlyMap<string, ManagedPolicy> = new Map(
  [
    policy('AdministratorAccess', 'ANPAIWMBCKSKIEE64ZLYK', '2015-02-06T18:40:00.000Z', 'Provides full access to AWS services and resources.', [
      everything,
    ]),
    policy('AmazonS3FullAccess', 'ANPAIFIR6V6BVTRAHWINE', '2015-02-06T18:40:00.000Z', 'Provides full access to all buckets.', [
      { ...everything, Action: ['s3:*'] },
    ]),
    policy('AmazonS3ReadOnlyAccess', 'ANPAIZTJ4DXE7G6AGAE6M', '2015-02-06T18:40:00.000Z', 'Provides read only access to all buckets.', [
      { ...everything, Action: ['s3:Get*', 's3:List*', 's3:Describe*'] },
    ]),
    policy(
      'AmazonSageMakerFullAccess',
      'ANPAJZ5IWYMXO5QDB4QOG',
      '2017-11-29T13:07:59.000Z',
      'Provides full access to Amazon SageMaker, and what training and compilation jobs in a VPC need of other services.',
      sageMakerFullAccess,
    ),
  ].map((managed) => [managed.arn, managed]),
);
