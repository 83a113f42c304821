import type { AgentObservation } from '../../model/job/agent-orders.ts';
import { amazonProvidedDns } from '../../model/network/dhcp.ts';
import { causeOfTrace } from '../../model/network/cause.ts';
import { s3Address } from '../../model/network/reserved.ts';
import { trace } from '../../model/network/trace.ts';
import { isHostFull, type JobFailureCause, type TransferDirection } from '../../model/job/failure-reason.ts';
import type { InstanceRecord, JobContext } from './job-context.ts';
import { volumeAtEnd } from './instance-at-end.ts';

const noSpaceCodes: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
const deviceCodes: ReadonlySet<string> = new Set(['EIO', 'EROFS']);

/**
 * The cause of a failed transfer. The network is blamed only when the trace of that interface names a gate; an
 * observation that no gate explains is Cloister's own trouble, and undefined here.
 */
export async function transferFailure(
  context: JobContext,
  direction: TransferDirection,
  instance: InstanceRecord,
  observation: AgentObservation,
): Promise<JobFailureCause | undefined> {
  const { attempted, message = '', code = 'Error', status = 0 } = observation;
  const from = instance.agentInterfaceId;
  const unreachable = (cause: string | undefined): JobFailureCause | undefined =>
    cause === undefined ? undefined : { kind: 'unreachable', direction, cause };
  switch (observation.kind) {
    case 'http-status':
      return { kind: 's3-refused', direction, code, status, message, attempted };
    case 'local-files':
      return await localFailure(context, direction, instance, observation);
    case 'no-objects':
    case 'no-credentials':
      return { kind: 'transfer', direction, message, attempted };
    case 'unusable-archive':
      return { kind: 'untar', detail: message };
    case 'interrupted':
      return {
        kind: 'internal',
        detail: 'The program that streamed the input ended while the job ran: what the container has read of it is not known.',
      };
    case 'lookup-failed':
      return unreachable(blockedPath(context, from, observation, 'udp') ?? unknownName(context, from, observation));
    case 'no-answer':
    case 'connection-refused':
    case 'tls-failed':
      return unreachable(blockedPath(context, from, observation, 'tcp'));
  }
}

/** A volume that the machine cannot let grow fails its writes with an error of the device, not with ENOSPC. */
async function localFailure(
  context: JobContext,
  direction: TransferDirection,
  instance: InstanceRecord,
  { attempted, message = '', code = '' }: AgentObservation,
): Promise<JobFailureCause> {
  const volume = deviceCodes.has(code) || noSpaceCodes.has(code) ? await volumeAtEnd(context, instance) : undefined;
  const isNoSpace = noSpaceCodes.has(code) || (volume !== undefined && isHostFull(volume));
  return isNoSpace ? { kind: 'no-space', direction, attempted, volume } : { kind: 'transfer', direction, message, attempted };
}

/** What stands on the way to the address that was tried. */
export function blockedPath(context: JobContext, from: string, observation: AgentObservation, protocol: 'tcp' | 'udp'): string | undefined {
  // Without a name server nothing was sent.
  if (observation.kind === 'lookup-failed' && observation.address === undefined) return undefined;
  const world = context.world();
  const path = trace(world, { from, to: observation.address ?? s3Address, protocol, port: observation.port ?? 443 });
  return causeOfTrace(world, path, observation.kind === 'lookup-failed' ? undefined : observation.host)?.text;
}

/** Name servers of the user's own that do not know the name, or none at all: what the VPC's own resolver does is ours to mend. */
function unknownName(context: JobContext, networkInterfaceId: string, { host, code }: AgentObservation): string | undefined {
  const { store, region } = context.services;
  const vpc = store.ec2.vpcs.get(store.ec2.networkInterfaces.get(networkInterfaceId).vpcId);
  const servers = store.ec2.dhcpConfigurationsOf(vpc, region)['domain-name-servers'] ?? [];
  if (servers.includes(amazonProvidedDns)) return undefined;
  const asked = servers.length === 0 ? 'which name no server' : `whose servers are ${servers.join(', ')}`;
  return `No address of ${host} was found: ${code}. ${vpc.vpcId} has the DHCP options ${vpc.dhcpOptionsId}, ${asked}. Name one that knows the names of S3, or AmazonProvidedDNS.`;
}
