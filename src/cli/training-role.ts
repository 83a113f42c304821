import { trainingEc2Actions } from '../model/job/needs.ts';

/** What lets SageMaker take a role. */
export const trustPolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** The least that a job in a VPC needs: its network, its data, its log. `dataResource` is what it may read and write in S3. */
export const rolePolicy = (dataResource: string | readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'NetworkOfTheJob', Effect: 'Allow', Action: trainingEc2Actions, Resource: '*' },
    {
      Sid: 'Data',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket', 's3:AbortMultipartUpload'],
      Resource: dataResource,
    },
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
      Resource: '*',
    },
  ],
});
