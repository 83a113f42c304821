import {
  containerEnvironment,
  hostsFile,
  hyperparametersJson,
  inputDataConfigJson,
  resolvConf,
  resourceConfigJson,
  type ContractChannel,
} from '../../model/job/container-contract.ts';
import { inputModeOf } from '../../model/job/input-mode.ts';
import { nameLookupOf } from '../../model/network/dhcp.ts';
import { credentialsPath } from '../../endpoints/job-credentials.ts';
import type { InstanceSpec } from '../../drivers/placement/placement-driver.ts';
import { resolverOf } from '../vpc-network.ts';
import { volumeBytesOf, type TrainingChannel, type TrainingRequest } from './request.ts';
import type { InstanceRecord, TrainingJobContext } from './context.ts';

/** One instance as its placement needs it: namespace, users, and the files that SageMaker's containers read. */
export function instanceSpec(context: TrainingJobContext, instance: InstanceRecord): InstanceSpec {
  const { request, instances, services } = context;
  const { store, region, certificateAuthorities } = services;
  const vpc = store.ec2.vpcs.get(store.ec2.networkInterfaces.get(instance.agentInterfaceId).vpcId);
  // One model.tar.gz holds what all instances left; the first one's agent archives it.
  const others = instances.filter((other) => other.host !== instance.host);
  const isFirst = instances[0]?.host === instance.host;
  const lookup = nameLookupOf(store.ec2.dhcpConfigurationsOf(vpc, region), resolverOf(context.world(), vpc.vpcId));
  const addresses = instances.map(({ host, algorithmInterfaceId }) => ({
    name: host,
    address: store.ec2.networkInterfaces.get(algorithmInterfaceId).privateIpAddress,
  }));
  return {
    instanceId: context.instanceId(instance.host),
    region,
    directory: context.instanceDirectory(instance.host),
    uidBase: instance.uidBase,
    volumeBytes: volumeBytesOf(request),
    networkNamespacePath: context.namespaceOf(instance.agentInterfaceId),
    nameServers: lookup.nameServers,
    certificateAuthorities,
    configuration: {
      'hyperparameters.json': hyperparametersJson(request.HyperParameters ?? {}),
      'inputdataconfig.json': inputDataConfigJson((request.InputDataConfig ?? []).map((channel) => channelOf(channel, request))),
      'resourceconfig.json': resourceConfigJson({
        currentHost: instance.host,
        hosts: instances.map(({ host }) => host),
        instanceType: request.ResourceConfig.InstanceType,
      }),
    },
    ...(isFirst ? { peers: others.map(({ host }) => ({ name: host, directory: context.instanceDirectory(host) })) } : {}),
    hosts: hostsFile(addresses),
    // On a peer network nobody answers questions.
    resolvConf: resolvConf(request.EnableNetworkIsolation === true ? { nameServers: [], searchDomains: [] } : lookup),
  };
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
