import type { AgentObservation } from '../../model/job/agent-orders.ts';
import { amazonProvidedDns } from '../../model/network/dhcp.ts';
import { causeOfTrace } from '../../model/network/cause.ts';
import { s3Address } from '../../model/network/reserved.ts';
import { trace } from '../../model/network/trace.ts';
import { failureReasonCharactersMax } from '../../model/job/container-contract.ts';
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
  const cause = transferCause(context, networkInterfaceId, observation);
  if (cause === undefined) return undefined;
  const text = networkKinds.has(observation.kind) ? `${prefix}${networkSentence}${end} ${cause}` : `${prefix}${cause}`;
  return text.slice(0, failureReasonCharactersMax);
}

const networkKinds: ReadonlySet<AgentObservation['kind']> = new Set(['lookup-failed', 'no-answer', 'connection-refused', 'tls-failed']);

/** What stopped a transfer, in Cloister's words; undefined when it is Cloister's own trouble. */
export function transferCause(context: TrainingJobContext, networkInterfaceId: string, observation: AgentObservation): string | undefined {
  switch (observation.kind) {
    case 'http-status':
      return `${observation.code ?? 'Error'} (${observation.status ?? 0}): ${observation.message ?? ''} (${observation.attempted})`;
    case 'no-objects':
    case 'no-credentials':
    case 'local-files':
      return `${observation.message ?? ''} (${observation.attempted})`;
    case 'lookup-failed':
      return blockedPath(context, networkInterfaceId, observation, 'udp') ?? unknownName(context, networkInterfaceId, observation);
    case 'no-answer':
    case 'connection-refused':
    case 'tls-failed':
      return blockedPath(context, networkInterfaceId, observation, 'tcp');
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
