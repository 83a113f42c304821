import { AwsError } from '../aws/aws-error.ts';
import { parseForm } from '../aws/query.ts';
import type { RpcBody } from '../aws/rpc.ts';
import { serviceFacts, serviceModel, type ServiceModel } from '../aws/service-model.ts';
import { uriDecode } from '../aws/sigv4-canonical.ts';
import type { ServiceName } from '../model/arrival.ts';
import { isPackageRepository, repositoriesPath, repositoryBucketName } from '../model/package-repositories.ts';
import type { Exchange } from './exchange.ts';

const services = Object.keys(serviceFacts) as ServiceName[];
const isService = (name: string): name is ServiceName => Object.hasOwn(serviceFacts, name);

/**
 * The service that a request is for. A listener inside a VPC or at the edge has exactly one, whatever the request says;
 * only on the host's listener is it found from the Host header, the target, or the scope of the signature.
 * A service that Cloister does not have is given by its name.
 */
export function serviceOf({ head, headers, host, query }: Exchange): ServiceName | { readonly unknown: string } {
  if (head.arrival.kind === 'endpoint' || head.arrival.kind === 'edge') return head.arrival.service;
  if (host.service !== undefined) return host.service;
  const target = headers.get('x-amz-target');
  if (target !== undefined) {
    const prefix = target.slice(0, target.lastIndexOf('.'));
    return services.find((service) => serviceFacts[service].targetPrefix === prefix) ?? { unknown: prefix };
  }
  const parameters = new URLSearchParams(query);
  const scope = (/Credential=([^,\s]+)/.exec(headers.get('authorization') ?? '')?.[1] ?? parameters.get('X-Amz-Credential'))?.split('/')[3];
  if (scope !== undefined) return isService(scope) ? scope : { unknown: scope };
  const version = parameters.get('Version');
  const byVersion = services.find((service) => serviceFacts[service].version === version && serviceFacts[service].protocol !== 'rest-xml');
  if (byVersion !== undefined) return byVersion;
  // The only calls that come unsigned as a form are STS's AssumeRoleWith….
  return head.method === 'POST' && headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') === true ? 'sts' : 's3';
}

/** Whose form of error a caller of an unknown service can read. */
export const modelForUnknown = ({ headers }: Exchange): ServiceModel => serviceModel(headers.has('x-amz-target') ? 'sagemaker' : 'sts');

/** The name of the operation that an RPC request asks for, and where its input is. */
export function readRpcBody(exchange: Exchange, model: ServiceModel, body: Uint8Array): { readonly name: string; readonly body: RpcBody } {
  if (model.protocol === 'json') {
    const target = exchange.headers.get('x-amz-target') ?? '';
    const dot = target.lastIndexOf('.');
    const isOurs = exchange.head.method === 'POST' && target.slice(0, dot) === model.targetPrefix;
    return { name: isOurs ? target.slice(dot + 1) : '', body: { json: body } };
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new AwsError('MalformedQueryString', 'The query string is not well-formed.');
  }
  const form = parseForm(exchange.head.method === 'POST' ? text : exchange.query);
  return { name: form.fields.get('Action')?.value ?? '', body: { form } };
}

/** The answer to an operation that AWS does not have either. */
export function unknownOperation(model: ServiceModel, name: string, body: RpcBody): AwsError {
  if ('json' in body) return new AwsError('UnknownOperationException', `The operation ${name === '' ? 'that was asked for' : name} is not known.`);
  if (name === '') return new AwsError('MissingAction', 'The request is missing an action parameter.');
  if (model.service === 'ec2') return new AwsError('InvalidAction', `The action ${name} is not valid for this web service.`);
  return new AwsError('InvalidAction', `Could not find operation ${name} for version ${body.form.fields.get('Version')?.value ?? model.version}`);
}

/** The answer to an operation that AWS has and Cloister does not. */
export const notImplemented = (model: ServiceModel, name: string): AwsError =>
  new AwsError('NotImplemented', `${model.title} ${name} is not implemented by Cloister.`, { status: 501 });

/** Refuses a version of a query API other than the one there is. */
export function checkVersion(model: ServiceModel, name: string, body: RpcBody): void {
  const version = 'form' in body ? body.form.fields.get('Version')?.value : undefined;
  if (version === undefined || version === model.version) return;
  if (model.service === 'ec2') throw new AwsError('NoSuchVersion', `The requested version (${version}) of service AmazonEC2 does not exist`);
  throw new AwsError('InvalidAction', `Could not find operation ${name} for version ${version}`);
}

/** Which object of which package repository an operator's path names. */
export function repositoryObject(path: string, region: string): { readonly bucket: string; readonly key: string } {
  const [repository = '', ...segments] = path.slice(repositoriesPath.length).split('/').map(uriDecode);
  if (!isPackageRepository(repository)) throw new AwsError('NoSuchBucket', `There is no package repository ${repository}.`, { status: 404 });
  return { bucket: repositoryBucketName(repository, region), key: segments.join('/') };
}

/** Which bucket and key a request to S3 names: by its Host header, or by its path. */
export function bucketAndKey({ host, path, head }: Exchange): { readonly bucket: string; readonly key: string; readonly fromHost: boolean } {
  const rest = uriDecode(path.startsWith('/') ? path.slice(1) : path);
  // On the host's listener a name that is not AWS's is this machine's own, however it is called.
  const isPublicName = head.arrival.kind !== 'host' || host.unknownName?.endsWith('.amazonaws.com') === true;
  const bucket = host.bucket ?? (isPublicName ? host.unknownName : undefined);
  if (bucket !== undefined) return { bucket, key: rest, fromHost: true };
  const slash = rest.indexOf('/');
  return slash < 0 ? { bucket: rest, key: '', fromHost: false } : { bucket: rest.slice(0, slash), key: rest.slice(slash + 1), fromHost: false };
}
