import type { ServiceName } from './arrival.ts';

/** What an interface endpoint can be made for: a service of AWS that is here, or a TCP address of the operator's. */
export type EndpointService = AwsEndpointService | RelayedService;

interface CommonService {
  /** `com.amazonaws.us-east-1.sts` */
  readonly serviceName: string;
  /** The TCP ports that an endpoint of it answers at. */
  readonly ports: readonly number[];
  /** Between an endpoint's own label and `.vpce.amazonaws.com`: `sts.us-east-1`. */
  readonly domain: string;
  /** The public names that an endpoint with private DNS takes over inside its VPC, the one that AWS lists first. `*.`: all below. */
  readonly privateNames: readonly string[];
  /** S3: names below an endpoint's own are buckets and their kin. */
  readonly hasBuckets: boolean;
}

export interface AwsEndpointService extends CommonService {
  readonly service: ServiceName;
}

/** The operator named the address when the daemon was started; nothing else is ever relayed to. */
export interface RelayedService extends CommonService {
  readonly serviceId: string;
  /** The operator's. */
  readonly name: string;
  readonly relayTo: TcpAddress;
}

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

/** The last part of an AWS service's endpoint name, its domain's first labels, and its signing name. */
const served: readonly (readonly [suffix: string, domain: string, service: ServiceName])[] = [
  ['ec2', 'ec2', 'ec2'],
  ['logs', 'logs', 'logs'],
  ['s3', 's3', 's3'],
  ['sagemaker.api', 'api.sagemaker', 'sagemaker'],
  ['sts', 'sts', 'sts'],
];

/** The services of AWS that have interface endpoints here: those that Cloister itself serves. */
export function awsEndpointServices(region: string): readonly AwsEndpointService[] {
  return served.map(([suffix, prefix, service]) => {
    const domain = `${prefix}.${region}`;
    const publicName = `${domain}.amazonaws.com`;
    return {
      serviceName: `com.amazonaws.${region}.${suffix}`,
      service,
      // S3 answers plain HTTP, too: the AWS CLI and `dnf` may ask so.
      ports: service === 's3' ? [80, 443] : [443],
      domain,
      hasBuckets: service === 's3',
      privateNames: service === 's3' ? [publicName, `*.${publicName}`] : [publicName],
    };
  });
}

/** The service that a TCP address of the operator's is. */
export function relayedService(
  region: string,
  row: { readonly serviceId: string; readonly name: string; readonly host: string; readonly port: number; readonly privateDnsName?: string },
): RelayedService {
  const { serviceId, name, host, port, privateDnsName } = row;
  return {
    serviceName: `com.amazonaws.vpce.${region}.${serviceId}`,
    serviceId,
    name,
    relayTo: { host, port },
    ports: [port],
    domain: `${serviceId}.${region}`,
    hasBuckets: false,
    privateNames: privateDnsName === undefined ? [] : [privateDnsName],
  };
}

/** An interface endpoint's own label, and where each of its interfaces is. */
export interface NamedEndpoint {
  /** `vpce-0123456789abcdef0-abcd1234` */
  readonly label: string;
  readonly interfaces: readonly { readonly availabilityZone: string; readonly address: string }[];
}

/** The names that always lead to an endpoint: one for all of it, one for each zone. Of S3 they have buckets below. */
export function endpointDnsNames(
  { domain, hasBuckets }: EndpointService,
  { label, interfaces }: NamedEndpoint,
): readonly (readonly [string, readonly string[]])[] {
  const nameOf = (own: string): string => `${hasBuckets ? '*.' : ''}${own}.${domain}.vpce.amazonaws.com`;
  if (interfaces.length === 0) return [];
  return [
    [nameOf(label), interfaces.map(({ address }) => address)],
    ...interfaces.map(({ availabilityZone, address }) => [nameOf(`${label}-${availabilityZone}`), [address]] as const),
  ];
}
