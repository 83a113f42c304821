import type { ServiceName } from '../model/arrival.ts';

/** What a Host header says about who is meant. */
export interface HostMeaning {
  /** The service whose public name it is. */
  readonly service?: ServiceName;
  /** The bucket of a virtual-hosted S3 name. */
  readonly bucket?: string;
  /** The whole name, when it is none of AWS's and not local: S3 takes it for a bucket's. */
  readonly unknownName?: string;
}

/** Labels before the region in the services' names. */
const prefixes: Readonly<Record<string, ServiceName>> = { 'api.sagemaker': 'sagemaker', ec2: 'ec2', iam: 'iam', logs: 'logs', sts: 'sts' };

const region = '[a-z]{2}(?:-[a-z]+)+-\\d';
/** Path style, virtual-hosted, dash, dualstack, global and `s3-external-1`. A bucket may hold dots, so it is greedy. */
const s3Name = new RegExp(
  `^(?:(?<bucket>.+)\\.)?s3(?:-external-1|(?:[.-]${region})|(?:\\.dualstack\\.${region})|(?:-fips(?:\\.dualstack)?\\.${region}))?$`,
);
/** S3 behind an interface endpoint: `bucket.vpce-….s3.REGION.vpce`. */
const s3EndpointName = new RegExp(`^(?:(?<bucket>.+)\\.)?bucket\\.vpce-[a-z0-9-]+\\.s3\\.${region}\\.vpce$`);
const serviceName = new RegExp(`^(?<prefix>api\\.sagemaker|ec2|iam|logs|sts)(?:\\.${region})?$`);
const serviceEndpointName = new RegExp(`^vpce-[a-z0-9-]+\\.(?<prefix>api\\.sagemaker|ec2|iam|logs|sts)\\.${region}\\.vpce$`);
const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

/** A name below a domain of AWS's, of whatever service. */
export const isAwsName = (name: string): boolean => /\.(?:amazonaws\.com|api\.aws)\.?$/i.test(name);

/** Reads a Host header: which service it names, and which bucket. Pure; nothing is looked up. */
export function readHost(host: string): HostMeaning {
  const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  if (name === '' || name === 'localhost' || address.test(name)) return {};
  if (name.endsWith('.localhost')) return localName(name.slice(0, -'.localhost'.length));
  const aws = /^(.+)\.(?:amazonaws\.com|api\.aws)$/.exec(name)?.[1];
  const meaning = aws === undefined ? undefined : awsName(aws);
  return meaning ?? { unknownName: name };
}

function awsName(name: string): HostMeaning | undefined {
  const s3 = s3Name.exec(name) ?? s3EndpointName.exec(name);
  if (s3 !== null) return { service: 's3', ...withBucket(s3.groups?.['bucket']) };
  const prefix = (serviceName.exec(name) ?? serviceEndpointName.exec(name))?.groups?.['prefix'];
  const service = prefix === undefined ? undefined : prefixes[prefix];
  return service === undefined ? undefined : { service };
}

/** `bucket.localhost`, `bucket.s3.localhost`, `s3.localhost`. */
function localName(name: string): HostMeaning {
  if (name === 's3') return { service: 's3' };
  return name.endsWith('.s3') ? { service: 's3', bucket: name.slice(0, -3) } : { bucket: name };
}

const withBucket = (bucket: string | undefined): HostMeaning => (bucket === undefined ? {} : { bucket });
