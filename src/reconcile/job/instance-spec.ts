import { hostsFile, resolvConf } from '../../model/job/container-contract.ts';
import { nameLookupOf } from '../../model/network/dhcp.ts';
import type { InstanceSpec } from '../../drivers/placement/placement-driver.ts';
import { resolverOf } from '../vpc-network.ts';
import type { InstanceRecord, JobContext } from './job-context.ts';

/** One instance as its placement needs it: namespace, users, and the files that its container reads. */
export function instanceSpec(context: JobContext, instance: InstanceRecord, configuration: InstanceSpec['configuration']): InstanceSpec {
  const { instances, services } = context;
  const { store, region, certificateAuthorities } = services;
  const vpc = store.ec2.vpcs.get(store.ec2.networkInterfaces.get(instance.agentInterfaceId).vpcId);
  // One archive holds what all instances left; the first one's agent makes it.
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
    volumeBytes: context.volumeBytes,
    networkNamespacePath: context.namespaceOf(instance.agentInterfaceId),
    nameServers: lookup.nameServers,
    certificateAuthorities,
    configuration,
    ...(isFirst ? { peers: others.map(({ host }) => ({ name: host, directory: context.instanceDirectory(host) })) } : {}),
    hosts: hostsFile(addresses),
    // On a peer network nobody answers questions.
    resolvConf: resolvConf(context.isIsolated ? { nameServers: [], searchDomains: [] } : lookup),
  };
}
