import { inspectInternet } from './inspect-internet.ts';
import { inspectJob } from './inspect-job.ts';
import { inspectNetwork } from './inspect-network.ts';
import type { Inspection, InspectionSources } from './inspection.ts';

/** What has an id, or a name, of a network or of a job. */
export const inspectPattern = /^\/_cloister\/inspect\/(?<id>[A-Za-z0-9._-]{1,128})$/u;

/** Undefined when there is nothing of that id or name. */
export async function inspect(sources: InspectionSources, id: string): Promise<Inspection | undefined> {
  return (await inspectNetwork(sources, id)) ?? (await inspectInternet(sources, id)) ?? (await inspectJob(sources, id));
}

export const notFound = (id: string): string =>
  `${id} is no VPC, subnet, route table, security group, network ACL, network interface, endpoint, internet gateway, NAT gateway, Elastic IP, training or compilation job of this daemon`;
