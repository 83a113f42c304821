import type { AgentObservation } from '../../model/job/agent-orders.ts';
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
  const limited = (text: string): string => text.slice(0, failureReasonCharactersMax);
  switch (observation.kind) {
    case 'http-status':
      return limited(`${prefix}${observation.code ?? 'Error'} (${observation.status ?? 0}): ${observation.message ?? ''} (${observation.attempted})`);
    case 'no-objects':
    case 'no-credentials':
    case 'local-files':
      return limited(`${prefix}${observation.message ?? ''} (${observation.attempted})`);
    case 'lookup-failed':
    case 'no-answer':
    case 'connection-refused':
    case 'tls-failed': {
      const port = observation.port ?? 443;
      const world = context.world();
      const path = trace(world, { from: networkInterfaceId, to: observation.address ?? s3Address, protocol: 'tcp', port });
      const cause = causeOfTrace(world, path, observation.host);
      return cause === undefined ? undefined : limited(`${prefix}${networkSentence}${end} ${cause.text}`);
    }
  }
}
