import {
  containerEnvironment,
  hyperparametersJson,
  inputDataConfigJson,
  resourceConfigJson,
  type ContractChannel,
} from '../../model/job/container-contract.ts';
import { inputModeOf } from '../../model/job/input-mode.ts';
import { credentialsPath } from '../../endpoints/job-credentials.ts';
import type { InstanceSpec } from '../../drivers/placement/placement-driver.ts';
import { instanceSpec } from '../job/instance-spec.ts';
import type { InstanceRecord } from '../job/job-context.ts';
import type { TrainingJobContext } from './context.ts';
import type { TrainingChannel, TrainingRequest } from './request.ts';

/** One instance with the files that SageMaker's training containers read. */
export function trainingInstanceSpec(context: TrainingJobContext, instance: InstanceRecord): InstanceSpec {
  const { request, instances } = context;
  return instanceSpec(context, instance, {
    'hyperparameters.json': hyperparametersJson(request.HyperParameters ?? {}),
    'inputdataconfig.json': inputDataConfigJson((request.InputDataConfig ?? []).map((channel) => channelOf(channel, request))),
    'resourceconfig.json': resourceConfigJson({
      currentHost: instance.host,
      hosts: instances.map(({ host }) => host),
      instanceType: request.ResourceConfig.InstanceType,
    }),
  });
}

function channelOf(
  { ChannelName, ContentType, InputMode, RecordWrapperType, DataSource }: TrainingChannel,
  request: TrainingRequest,
): ContractChannel {
  return {
    channelName: ChannelName,
    ...(ContentType === undefined ? {} : { contentType: ContentType }),
    inputMode: inputModeOf(request.AlgorithmSpecification.TrainingInputMode, InputMode),
    s3DistributionType: DataSource.S3DataSource.S3DataDistributionType ?? 'FullyReplicated',
    recordWrapperType: RecordWrapperType ?? 'None',
  };
}

export function contractEnvironment(context: TrainingJobContext, instance: InstanceRecord): Record<string, string> {
  return containerEnvironment({
    trainingJobName: context.name,
    trainingJobArn: context.row.trainingJobArn,
    region: context.services.region,
    currentHost: instance.host,
    environment: context.request.Environment ?? {},
    ...(context.request.EnableNetworkIsolation === true ? {} : { credentialsRelativeUri: `${credentialsPath}${context.row.credentialsId}` }),
  });
}
