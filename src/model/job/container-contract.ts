import type { NameLookup } from '../network/dhcp.ts';
import type { InputMode } from './input-mode.ts';
import { trustedAuthoritiesPaths } from './instance-layout.ts';

/**
 * What a training container finds: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
 * Names of members inside the files are AWS's.
 */
export interface ContractChannel {
  readonly channelName: string;
  /** Left out of the file when it was not given. */
  readonly contentType?: string;
  readonly inputMode: InputMode;
  readonly s3DistributionType: 'FullyReplicated' | 'ShardedByS3Key';
  readonly recordWrapperType: 'None' | 'RecordIO';
}

export interface ContractHosts {
  readonly currentHost: string;
  /** `algo-1`, `algo-2`, … in any order. */
  readonly hosts: readonly string[];
  readonly instanceType: string;
}

/** The only group there is when `ResourceConfig` names none. */
const singleGroupName = 'homogeneousCluster';

/** The container's interface in the namespace of the algorithm's ENI. */
export const networkInterfaceName = 'eth0';

/** `algo-1`, `algo-2`, … */
export const hostName = (index: number): string => `algo-${index + 1}`;

export const hyperparametersJson = (hyperparameters: Readonly<Record<string, string>>): string => JSON.stringify(hyperparameters);

export function inputDataConfigJson(channels: readonly ContractChannel[]): string {
  const entries = channels.map((channel) => [
    channel.channelName,
    {
      ...(channel.contentType !== undefined && { ContentType: channel.contentType }),
      TrainingInputMode: channel.inputMode,
      S3DistributionType: channel.s3DistributionType,
      RecordWrapperType: channel.recordWrapperType,
    },
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** `hosts` is sorted by characters (`algo-1`, `algo-10`, `algo-2`); inside the group the order stays. As in logs of real jobs. */
export function resourceConfigJson({ currentHost, hosts, instanceType }: ContractHosts): string {
  return JSON.stringify({
    current_host: currentHost,
    current_instance_type: instanceType,
    current_group_name: singleGroupName,
    hosts: hosts.toSorted(),
    instance_groups: [{ instance_group_name: singleGroupName, instance_type: instanceType, hosts }],
    network_interface_name: networkInterfaceName,
    topology: null,
  });
}

export interface ContractEnvironment {
  readonly trainingJobName: string;
  readonly trainingJobArn: string;
  readonly region: string;
  readonly currentHost: string;
  /** The request's `Environment`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Below `http://169.254.170.2`. Absent when the container gets no credentials. */
  readonly credentialsRelativeUri?: string;
}

/** What the job is comes from us whatever the request says; which authorities to trust is the request's to change. */
export function containerEnvironment(contract: ContractEnvironment): Record<string, string> {
  const [authorities] = trustedAuthoritiesPaths;
  return {
    SSL_CERT_FILE: authorities,
    AWS_CA_BUNDLE: authorities,
    REQUESTS_CA_BUNDLE: authorities,
    CURL_CA_BUNDLE: authorities,
    NODE_EXTRA_CA_CERTS: authorities,
    ...contract.environment,
    TRAINING_JOB_NAME: contract.trainingJobName,
    TRAINING_JOB_ARN: contract.trainingJobArn,
    AWS_REGION: contract.region,
    SAGEMAKER_REGION: contract.region,
    CURRENT_HOST: contract.currentHost,
    ...(contract.credentialsRelativeUri !== undefined && { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: contract.credentialsRelativeUri }),
  };
}

export interface ContainerCommand {
  readonly entrypoint?: readonly string[];
  readonly arguments: readonly string[];
}

/** `train` is the argument unless the request names an entry point or arguments of its own. */
export function containerCommand(entrypoint: readonly string[] | undefined, args: readonly string[] | undefined): ContainerCommand {
  return {
    ...(entrypoint !== undefined && entrypoint.length > 0 && { entrypoint }),
    arguments: args ?? (entrypoint === undefined || entrypoint.length === 0 ? ['train'] : []),
  };
}

export interface HostAddress {
  readonly name: string;
  readonly address: string;
}

/** So that the names of the job's instances work whatever DNS the VPC uses. */
export function hostsFile(hosts: readonly HostAddress[]): string {
  const lines = [{ address: '127.0.0.1', name: 'localhost' }, ...hosts].map(({ address, name }) => `${address}\t${name}\n`);
  return lines.join('');
}

/** Without servers no name is ever looked up (network isolation, a VPC without DHCP options). */
export function resolvConf({ nameServers, searchDomains }: NameLookup): string {
  if (nameServers.length === 0) return '';
  const search = searchDomains.length === 0 ? '' : `search ${searchDomains.join(' ')}\n`;
  const servers = nameServers.map((address) => `nameserver ${address}\n`).join('');
  // Two tries of two seconds: a lookup that the VPC refuses fails well before a program's own timeout.
  return `${search}${servers}options timeout:2 attempts:2\n`;
}
