import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { sagemakerPrincipal } from '../../../model/job/execution-role.ts';
import { instanceRefusal } from '../../../model/job/instance-types.ts';
import type { MetricDefinition } from '../../../model/job/metrics.ts';
import { notesOf, statusMessageOf } from '../../../model/job/status-message.ts';
import { encryptsTraffic } from '../../../model/job/traffic-encryption.ts';
import { advance } from '../../../model/job/training-job.ts';
import { passRoleDemand } from '../../iam/pass-role.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import type { Output } from '../../service.ts';
import { trainingJobArn } from '../demand.ts';
import { sagemakerErrors } from '../errors.ts';
import { requireAssumableRole } from '../assumable-role.ts';
import { checkCheckpoints } from '../checkpoints.ts';
import { requireInputData } from '../input-data.ts';
import { requireOutputLocation } from '../output-location.ts';
import { checkInputModes, wantsFastFile } from '../input-modes.ts';
import { requestTagKeys, withTags } from '../tags.ts';
import { refuseMembers } from '../member-table.ts';
import { trainingJobMembers, type CreateTrainingJobInput } from '../training-job-members.ts';
import { checkVpcConfig } from '../vpc-config.ts';

/** https://docs.aws.amazon.com/general/latest/gr/sagemaker.html: instances of one training job. */
const instancesMax = 20;

type CreateTrainingJobOutput = Output<typeof SageMaker, 'CreateTrainingJob'>;

/**
 * Validates shape and meaning and stores the job; its saga does the rest. What depends on how a request will arrive (the
 * bucket's policy, the endpoint's) is judged from inside the network, when the job runs.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
export const createTrainingJob: Operation<CreateTrainingJobInput, CreateTrainingJobOutput, MachineAnswers> = {
  authorize: (input, context) => {
    const resource = trainingJobArn(input.TrainingJobName, context);
    const tagging = { ...requestTagKeys(input.Tags), 'sagemaker:TaggingAction': ['CreateTrainingJob'] };
    return [
      { action: 'sagemaker:CreateTrainingJob', resource, context: conditionKeys(input) },
      ...((input.Tags ?? []).length === 0 ? [] : [{ action: 'sagemaker:AddTags', resource, context: tagging }]),
      passRoleDemand(input.RoleArn, sagemakerPrincipal),
    ];
  },

  async prepare(input, context) {
    const image = input.AlgorithmSpecification?.TrainingImage;
    return {
      imageIsHere: image !== undefined && (await context.machine.hasImage(context.machine.localImage(image))),
      networkRefusal: await context.machine.networkRefusal(),
      metricProblem: await context.machine.metricProblem(metricDefinitionsOf(input)),
      fastFileRefusal: wantsFastFile(input) ? await context.machine.fastFileRefusal() : undefined,
      encryptionRefusal: encryptsTraffic(input) ? await context.machine.encryptionRefusal() : undefined,
    };
  },

  commit(input, context, answers) {
    checkInputModes(input);
    checkCheckpoints(input);
    refuseMembers(input, trainingJobMembers.refused);
    requireMembers(input);
    checkChannels(input);
    requireMachine(input, context, answers);
    const tags = withTags([], input.Tags ?? []);
    const image = input.AlgorithmSpecification?.TrainingImage ?? '';
    if (!answers.imageIsHere && !context.machine.mayPull(context.machine.localImage(image)))
      throw sagemakerErrors.imageUnknown(image, input.RoleArn, context.machine);
    if (input.VpcConfig !== undefined) checkVpcConfig(input.VpcConfig, context);
    const trainingJobName = input.TrainingJobName;
    const arn = trainingJobArn(trainingJobName, context);
    requireAssumableRole(input.RoleArn, arn, context);
    requireInputData(input, context);
    requireOutputLocation(input, context);
    if (isTaken(trainingJobName, arn, context)) throw sagemakerErrors.nameInUse('Training', arn);

    const mapped = context.machine.localImage(image);
    const localImage = mapped === image ? undefined : mapped;
    const now = context.now.toISOString();
    const initial = { status: 'InProgress', secondaryStatus: 'Starting', transitions: [], lastModifiedAt: now } as const;
    context.store.sagemaker.trainingJobs.insert({
      trainingJobName,
      trainingJobArn: arn,
      ownerId: context.accountId,
      request: input,
      ...(localImage === undefined ? {} : { localImage }),
      tags,
      createdAt: now,
      credentialsId: context.newUuid(),
      saga: 'running',
      ...advance(initial, 'Starting', now, statusMessageOf('Starting', notesOf(input, context.machine.size(), localImage))),
    });
    context.wake('jobs');
    return { TrainingJobArn: arn };
  },
};

/** Names that differ by case have one ARN, and policies and tags know jobs by it. */
function isTaken(name: string, arn: string, { store }: OperationContext): boolean {
  const { trainingJobs } = store.sagemaker;
  return trainingJobs.find(name) !== undefined || trainingJobs.count({ trainingJobArn: arn }) > 0;
}

/** What the machine answered before the transaction. */
interface MachineAnswers {
  readonly imageIsHere: boolean;
  readonly networkRefusal: string | undefined;
  readonly fastFileRefusal?: string | undefined;
  readonly encryptionRefusal?: string | undefined;
  readonly metricProblem?: string | undefined;
}

const metricDefinitionsOf = (input: CreateTrainingJobInput): readonly MetricDefinition[] =>
  (input.AlgorithmSpecification?.MetricDefinitions ?? []).map(({ Name: name, Regex: regex }) => ({ name, regex }));

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html */
function conditionKeys(input: CreateTrainingJobInput): Record<string, readonly string[]> {
  return {
    ...(input.VpcConfig && { 'sagemaker:VpcSubnets': input.VpcConfig.Subnets, 'sagemaker:VpcSecurityGroupIds': input.VpcConfig.SecurityGroupIds }),
    'sagemaker:NetworkIsolation': [String(input.EnableNetworkIsolation ?? false)],
    'sagemaker:InterContainerTrafficEncryption': [String(input.EnableInterContainerTrafficEncryption ?? false)],
    ...(input.ResourceConfig?.InstanceType && { 'sagemaker:InstanceTypes': [input.ResourceConfig.InstanceType] }),
    ...(input.StoppingCondition?.MaxRuntimeInSeconds !== undefined && {
      'sagemaker:MaxRuntimeInSeconds': [String(input.StoppingCondition.MaxRuntimeInSeconds)],
    }),
    ...(input.ResourceConfig?.KeepAlivePeriodInSeconds !== undefined && {
      'sagemaker:KeepAlivePeriod': [String(input.ResourceConfig.KeepAlivePeriodInSeconds)],
    }),
    ...(input.RemoteDebugConfig?.EnableRemoteDebug !== undefined && {
      'sagemaker:EnableRemoteDebug': [String(input.RemoteDebugConfig.EnableRemoteDebug)],
    }),
    ...requestTagKeys(input.Tags),
  };
}

/** The model requires fewer members than the service does: these became optional for serverless jobs, which do not run here. */
function requireMembers(input: CreateTrainingJobInput): void {
  if (input.AlgorithmSpecification?.TrainingImage === undefined) throw sagemakerErrors.memberRequired('algorithmSpecification.trainingImage');
  if (input.ResourceConfig === undefined) throw sagemakerErrors.memberRequired('resourceConfig');
  if (input.ResourceConfig.InstanceType === undefined) throw sagemakerErrors.memberRequired('resourceConfig.instanceType');
  if ((input.ResourceConfig.InstanceCount ?? 0) < 1) throw sagemakerErrors.memberRequired('resourceConfig.instanceCount');
  if ((input.ResourceConfig.InstanceCount ?? 0) > instancesMax)
    throw sagemakerErrors.tooManyInstances(instancesMax, input.ResourceConfig.InstanceCount ?? 0);
  if (input.StoppingCondition === undefined) throw sagemakerErrors.memberRequired('stoppingCondition');
}

/** Refuses what the machine does not have or cannot do at all; of the rest a job gets what there is. */
function requireMachine({ ResourceConfig }: CreateTrainingJobInput, { machine }: OperationContext, answers: MachineAnswers): void {
  const { InstanceType = '', InstanceCount = 1 } = ResourceConfig ?? {};
  const refusal = instanceRefusal(InstanceType, InstanceCount, machine.size());
  if (refusal !== undefined) throw sagemakerErrors.instanceTypeRefused(refusal);
  const { metricProblem, networkRefusal, fastFileRefusal, encryptionRefusal } = answers;
  if (metricProblem !== undefined) throw sagemakerErrors.memberRefused('AlgorithmSpecification.MetricDefinitions', metricProblem);
  if (networkRefusal !== undefined) throw sagemakerErrors.networkNotEnforceable(networkRefusal);
  if (fastFileRefusal !== undefined) throw sagemakerErrors.fastFileNotPossible(fastFileRefusal);
  if (encryptionRefusal !== undefined) throw sagemakerErrors.encryptionNotPossible(encryptionRefusal);
}

/** Names of channels become names of folders; AWS's pattern allows two that are none. */
function checkChannels({ InputDataConfig: channels = [] }: CreateTrainingJobInput): void {
  const sourceless = channels.findIndex(({ DataSource }) => DataSource.S3DataSource === undefined);
  if (sourceless !== -1) throw sagemakerErrors.memberRequired(`inputDataConfig.${sourceless + 1}.member.dataSource.s3DataSource`);
  const names = channels.map(({ ChannelName }) => ChannelName);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw sagemakerErrors.channelRepeated(repeated);
  const unusable = names.find((name) => name === '.' || name === '..');
  if (unusable !== undefined) throw sagemakerErrors.memberRefused('InputDataConfig.ChannelName', `${unusable} is no name of a folder.`);
}
