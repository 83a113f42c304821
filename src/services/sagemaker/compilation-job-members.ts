import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Input } from '../service.ts';
import type { MemberRules } from './member-table.ts';

export type CreateCompilationJobInput = Input<typeof SageMaker, 'CreateCompilationJob'>;

export const compilationJobMembers: MemberRules<CreateCompilationJobInput> = {
  operation: 'CreateCompilationJob',
  kept: {
    CompilationJobName: 'honoured',
    RoleArn: 'honoured',
    'InputConfig.S3Uri': 'honoured',
    'InputConfig.DataInputConfig': 'honoured',
    'InputConfig.Framework': 'honoured',
    'InputConfig.FrameworkVersion': 'honoured',
    'OutputConfig.S3OutputLocation': 'honoured',
    'OutputConfig.TargetDevice': 'honoured',
    'OutputConfig.TargetPlatform.Os': 'honoured',
    'OutputConfig.TargetPlatform.Arch': 'honoured',
    'OutputConfig.TargetPlatform.Accelerator': 'honoured',
    'OutputConfig.CompilerOptions': 'honoured',
    'VpcConfig.SecurityGroupIds': 'honoured',
    'VpcConfig.Subnets': 'honoured',
    'StoppingCondition.MaxRuntimeInSeconds': 'honoured',
    'StoppingCondition.MaxPendingTimeInSeconds': 'honoured',
    'Tags.Key': 'honoured',
    'Tags.Value': 'honoured',
  },
  refused: [
    { member: 'ModelPackageVersionArn', why: 'there are no model packages here.', asks: (i) => i.ModelPackageVersionArn !== undefined },
    { member: 'OutputConfig.KmsKeyId', why: 'there is no KMS here.', asks: (i) => (i.OutputConfig.KmsKeyId ?? '') !== '' },
    {
      member: 'StoppingCondition.MaxWaitTimeInSeconds',
      why: 'there is no spot capacity to wait for.',
      asks: (i) => i.StoppingCondition.MaxWaitTimeInSeconds !== undefined,
    },
  ],
};
