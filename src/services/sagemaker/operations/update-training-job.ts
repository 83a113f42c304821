import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { isTerminal } from '../../../model/job/training-job.ts';
import type { Operation } from '../../operation.ts';
import type { Input, Output } from '../../service.ts';
import { ownTrainingJob, trainingJobDemand } from '../demand.ts';
import { sagemakerErrors } from '../errors.ts';

type UpdateInput = Input<typeof SageMaker, 'UpdateTrainingJob'>;

/**
 * The profiler's place may change and the profiler be turned off, as when the job is created; what asks for more is refused
 * as it is there. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateTrainingJob.html
 */
export const updateTrainingJob: Operation<UpdateInput, Output<typeof SageMaker, 'UpdateTrainingJob'>> = {
  authorize: (input, context) => [trainingJobDemand('UpdateTrainingJob', input.TrainingJobName, context)],
  commit(input, context) {
    const { trainingJobName, trainingJobArn, status, request } = ownTrainingJob(input.TrainingJobName, context);
    refuseUnbuilt(input);
    if (isTerminal(status)) throw sagemakerErrors.alreadyEnded(status);
    if (input.ProfilerConfig !== undefined) {
      context.store.sagemaker.trainingJobs.update(trainingJobName, {
        request: { ...request, ProfilerConfig: input.ProfilerConfig },
        lastModifiedAt: context.now.toISOString(),
      });
    }
    return { TrainingJobArn: trainingJobArn };
  },
};

function refuseUnbuilt({ ProfilerRuleConfigurations, ResourceConfig, RemoteDebugConfig }: UpdateInput): void {
  if ((ProfilerRuleConfigurations ?? []).length > 0) throw sagemakerErrors.memberRefused('ProfilerRuleConfigurations', 'there are no rules here.');
  if ((ResourceConfig?.KeepAlivePeriodInSeconds ?? 0) > 0) {
    throw sagemakerErrors.memberRefused('ResourceConfig.KeepAlivePeriodInSeconds', 'there are no warm pools here.');
  }
  if (RemoteDebugConfig?.EnableRemoteDebug === true) throw sagemakerErrors.memberRefused('RemoteDebugConfig', 'there is no remote debugging here.');
}
