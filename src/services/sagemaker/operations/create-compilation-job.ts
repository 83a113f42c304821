import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { sagemakerPrincipal } from '../../../model/job/execution-role.ts';
import { passRoleDemand } from '../../iam/pass-role.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import type { Output } from '../../service.ts';
import { requireAssumableRole } from '../assumable-role.ts';
import { checkCompilationInput } from '../compilation-input.ts';
import { compilationJobMembers, type CreateCompilationJobInput } from '../compilation-job-members.ts';
import { compilationJobArn } from '../demand.ts';
import { sagemakerErrors } from '../errors.ts';
import { refuseMembers } from '../member-table.ts';
import { requestTagKeys, withTags } from '../tags.ts';
import { checkVpcConfig } from '../vpc-config.ts';

interface MachineAnswers {
  readonly networkRefusal: string | undefined;
}

/**
 * Validates shape and meaning and stores the job; its saga does the rest. Whether there is a compiler, and what the model is,
 * the job says, as Neo's do. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateCompilationJob.html
 */
export const createCompilationJob: Operation<CreateCompilationJobInput, Output<typeof SageMaker, 'CreateCompilationJob'>, MachineAnswers> = {
  authorize: (input, context) => {
    const resource = compilationJobArn(input.CompilationJobName, context);
    const tagging = { ...requestTagKeys(input.Tags), 'sagemaker:TaggingAction': ['CreateCompilationJob'] };
    return [
      // The reference lists no key of its network, unlike for a training job:
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
      { action: 'sagemaker:CreateCompilationJob', resource, context: requestTagKeys(input.Tags) },
      ...((input.Tags ?? []).length === 0 ? [] : [{ action: 'sagemaker:AddTags', resource, context: tagging }]),
      passRoleDemand(input.RoleArn, sagemakerPrincipal),
    ];
  },

  async prepare(_input, { machine }) {
    return { networkRefusal: await machine.networkRefusal() };
  },

  commit(input, context, { networkRefusal }) {
    refuseMembers(input, compilationJobMembers.refused);
    checkCompilationInput(input);
    const tags = withTags([], input.Tags ?? []);
    if (networkRefusal !== undefined) throw sagemakerErrors.networkNotEnforceable(networkRefusal);
    if (input.VpcConfig !== undefined) checkVpcConfig(input.VpcConfig, context);
    const compilationJobName = input.CompilationJobName;
    const arn = compilationJobArn(compilationJobName, context);
    requireAssumableRole(input.RoleArn, arn, context);
    if (isTaken(compilationJobName, arn, context)) throw sagemakerErrors.nameInUse('Compilation', arn);
    const now = context.now.toISOString();
    context.store.sagemaker.compilationJobs.insert({
      compilationJobName,
      compilationJobArn: arn,
      ownerId: context.accountId,
      request: input,
      tags,
      status: 'STARTING',
      createdAt: now,
      lastModifiedAt: now,
      credentialsId: context.newUuid(),
      saga: 'running',
    });
    context.wake('jobs');
    return { CompilationJobArn: arn };
  },
};

/** Names that differ by case have one ARN, and policies and tags know jobs by it. */
function isTaken(name: string, arn: string, { store }: OperationContext): boolean {
  const { compilationJobs } = store.sagemaker;
  return compilationJobs.find(name) !== undefined || compilationJobs.count({ compilationJobArn: arn }) > 0;
}
