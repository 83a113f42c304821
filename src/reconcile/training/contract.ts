import { join } from 'node:path';
import {
  containerEnvironment,
  hostsFile,
  hyperparametersJson,
  inputDataConfigJson,
  resolvConf,
  resourceConfigJson,
  type ContractChannel,
} from '../../model/job/container-contract.ts';
import { instanceLayout } from '../../model/job/instance-layout.ts';
import { resolverOf } from '../vpc-network.ts';
import type { TrainingChannel } from './request.ts';
import type { InstanceRecord, TrainingJobContext } from './context.ts';

/** Where the code of an instance asks for credentials: the id is its interface's, in whose namespace alone it is answered. */
function credentialsUriOf({ algorithmInterfaceId }: InstanceRecord): string {
  return `/v2/credentials/${algorithmInterfaceId}`;
}

/** The files that one instance's container finds, by path on the host. */
export function contractFiles(context: TrainingJobContext, instance: InstanceRecord): Readonly<Record<string, string>> {
  const { request, instances, services } = context;
  const { store } = services;
  const layout = instanceLayout(context.instanceDirectory(instance.host));
  const { vpcId } = store.ec2.networkInterfaces.get(instance.algorithmInterfaceId);
  const addresses = instances.map(({ host, algorithmInterfaceId }) => ({
    name: host,
    address: store.ec2.networkInterfaces.get(algorithmInterfaceId).privateIpAddress,
  }));
  const hosts = instances.map(({ host }) => host);
  return {
    [join(layout.config, 'hyperparameters.json')]: hyperparametersJson(request.HyperParameters ?? {}),
    [join(layout.config, 'inputdataconfig.json')]: inputDataConfigJson((request.InputDataConfig ?? []).map(channelOf)),
    [join(layout.config, 'resourceconfig.json')]: resourceConfigJson({
      currentHost: instance.host,
      hosts,
      instanceType: request.ResourceConfig.InstanceType,
    }),
    [layout.hosts]: hostsFile(addresses),
    [layout.resolvConf]: resolvConf(resolverOf(context.world(), vpcId)),
    [layout.certificateAuthorities]: services.certificateAuthorities,
  };
}

function channelOf({ ChannelName, ContentType, DataSource }: TrainingChannel): ContractChannel {
  return {
    channelName: ChannelName,
    ...(ContentType === undefined ? {} : { contentType: ContentType }),
    inputMode: 'File',
    s3DistributionType: DataSource.S3DataSource.S3DataDistributionType ?? 'FullyReplicated',
    recordWrapperType: 'None',
  };
}

export function contractEnvironment(context: TrainingJobContext, instance: InstanceRecord): Record<string, string> {
  return containerEnvironment({
    trainingJobName: context.name,
    trainingJobArn: context.row.trainingJobArn,
    region: context.services.region,
    currentHost: instance.host,
    environment: context.request.Environment ?? {},
    credentialsRelativeUri: credentialsUriOf(instance),
  });
}
