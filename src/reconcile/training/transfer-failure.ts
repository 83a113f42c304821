import type { AgentObservation } from '../../model/job/agent-orders.ts';
import { amazonProvidedDns } from '../../model/network/dhcp.ts';
import { causeOfTrace } from '../../model/network/cause.ts';
import { s3Address } from '../../model/network/reserved.ts';
import { trace } from '../../model/network/trace.ts';
import { failureReasonCharactersMax } from '../../model/job/container-contract.ts';
import { internalError } from './job-failure.ts';
import type { TrainingJobContext } from './context.ts';

/** AWS's prefixes and its sentence for a network that does not lead to S3, verbatim (no space after the colon). */
const transferWords = {
  download: { prefix: 'ClientError: Data download failed:', end: '.' },
  upload: { prefix: 'ClientError: Artifact upload failed:', end: '' },
} as const;
const networkSentence =
  "Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the security groups and the subnet's network ACL allow outbound traffic to S3";

export type TransferDirection = keyof typeof transferWords;

/**
 * The reason of a failed transfer: AWS's text first, then what stopped it. The network is blamed only when the trace of
 * that interface names a gate; an observation that no gate explains is Cloister's own trouble, and undefined here.
 */
export function transferFailure(
  context: TrainingJobContext,
  direction: TransferDirection,
  networkInterfaceId: string,
  observation: AgentObservation,
): string | undefined {
  const { prefix, end } = transferWords[direction];
  const limited = (text: string): string => text.slice(0, failureReasonCharactersMax);
  switch (observation.kind) {
    case 'http-status':
      return limited(`${prefix}${observation.code ?? 'Error'} (${observation.status ?? 0}): ${observation.message ?? ''} (${observation.attempted})`);
    case 'no-objects':
    case 'no-credentials':
    case 'local-files':
      return limited(`${prefix}${observation.message ?? ''} (${observation.attempted})`);
    case 'interrupted':
      return `${internalError} The program that streamed the input ended while the job ran: what the container has read of it is not known.`;
    case 'lookup-failed': {
      const cause = blockedPath(context, networkInterfaceId, observation, 'udp') ?? unknownName(context, networkInterfaceId, observation);
      return cause === undefined ? undefined : limited(`${prefix}${networkSentence}${end} ${cause}`);
    }
    case 'no-answer':
    case 'connection-refused':
    case 'tls-failed': {
      const cause = blockedPath(context, networkInterfaceId, observation, 'tcp');
      return cause === undefined ? undefined : limited(`${prefix}${networkSentence}${end} ${cause}`);
    }
  }
}

/** What stands on the way to the address that was tried. */
function blockedPath(context: TrainingJobContext, from: string, observation: AgentObservation, protocol: 'tcp' | 'udp'): string | undefined {
  // Without a name server nothing was sent.
  if (observation.kind === 'lookup-failed' && observation.address === undefined) return undefined;
  const world = context.world();
  const path = trace(world, { from, to: observation.address ?? s3Address, protocol, port: observation.port ?? 443 });
  return causeOfTrace(world, path, observation.kind === 'lookup-failed' ? undefined : observation.host)?.text;
}

/** Name servers of the user's own that do not know the name, or none at all: what the VPC's own resolver does is ours to mend. */
function unknownName(context: TrainingJobContext, networkInterfaceId: string, { host, code }: AgentObservation): string | undefined {
  const { store, region } = context.services;
  const vpc = store.ec2.vpcs.get(store.ec2.networkInterfaces.get(networkInterfaceId).vpcId);
  const servers = store.ec2.dhcpConfigurationsOf(vpc, region)['domain-name-servers'] ?? [];
  if (servers.includes(amazonProvidedDns)) return undefined;
  const asked = servers.length === 0 ? 'which name no server' : `whose servers are ${servers.join(', ')}`;
  return `No address of ${host} was found: ${code}. ${vpc.vpcId} has the DHCP options ${vpc.dhcpOptionsId}, ${asked}. Name one that knows the names of S3, or AmazonProvidedDNS.`;
}
