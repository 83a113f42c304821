/**
 * The address ranges Cloister keeps for itself, in one place. A VPC block that overlaps one is refused
 * (`InvalidVpc.Range`), because its packets could not be told from ours.
 */
export const reserved = {
  /** Where the S3 of this region lives: the entries of the S3 prefix list. RFC 2544 benchmarking range. */
  s3: '198.18.0.0/24',
  /** The service APIs at the internet edge. */
  edgeApis: '198.18.1.0/24',
  /** The edge's own address on the machine's uplink, one per data directory. */
  uplinks: '198.18.4.0/22',
  /** Elastic IPs: the public addresses of VPCs. */
  elasticIps: '198.19.0.0/16',
  /** Link-local: router side of every link, the resolver's second address, job credentials. */
  linkLocal: '169.254.0.0/16',
} as const;

/** Router side of every ENI's link, and every ENI's default gateway. */
export const linkGateway = '169.254.1.1';
/** Its MAC. Every neighbour entry is permanent, so that no ARP is needed and none is believed. */
export const linkGatewayMac = '0a:00:a9:fe:01:01';
/** The far side of a gateway endpoint's link, and its MAC. */
export const linkEndpoint = '169.254.1.2';
export const linkEndpointMac = '0a:00:a9:fe:01:02';
/** The far side of an internet gateway's link has the address and MAC of an endpoint's; its own way to the edge ends here. */
export const linkEdge = '169.254.1.3';
export const linkEdgeMac = '0a:00:a9:fe:01:03';
/** The resolver's fixed address, beside base + 2 of each VPC. */
export const resolverAddress = '169.254.169.253';
/** Where a container asks for its role's credentials: an address inside its own namespace. */
export const credentialsAddress = '169.254.170.2';
/** Where each API is at the internet edge. */
export const edgeApiAddresses = {
  ec2: '198.18.1.1',
  iam: '198.18.1.2',
  logs: '198.18.1.3',
  sagemaker: '198.18.1.4',
  sts: '198.18.1.5',
} as const;
/** Names of prefix lists that AWS manages begin so, and no others. */
export const serviceListPrefix = 'com.amazonaws.';
/** The address S3 names resolve to. */
export const s3Address = '198.18.0.10';
