import { createHash } from 'node:crypto';
import type { Store } from '../store/store.ts';

/** An address of the operator's that endpoints may lead to, as the command line names it. */
export interface EndpointServiceOption {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly privateDnsName?: string;
}

const namePattern = /^[a-z0-9][a-z0-9-]{0,62}$/u;
const hostPattern = /^(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/u;
/** The names of AWS lead to AWS's services, or nowhere. */
const awsDomains = ['amazonaws.com', 'api.aws'];

/** Reads `NAME=HOST:PORT[,PRIVATE_DNS_NAME]`. Throws an Error with one clear line for what it is not. */
export function parseEndpointServices(texts: readonly string[]): EndpointServiceOption[] {
  const services = texts.map((text) => parseEndpointService(text));
  for (const [index, { name }] of services.entries()) {
    if (services.findIndex((other) => other.name === name) !== index) throw new Error(`--endpoint-service names ${name} twice`);
  }
  return services;
}

function parseEndpointService(text: string): EndpointServiceOption {
  const found = /^(?<name>[^=]*)=(?<host>[^:,]*):(?<port>\d{1,5})(?:,(?<dns>.*))?$/u.exec(text)?.groups;
  if (found === undefined) throw new Error(`--endpoint-service takes NAME=HOST:PORT or NAME=HOST:PORT,PRIVATE_DNS_NAME, not ${text}`);
  const { name = '', host = '', port: digits, dns } = found;
  const port = Number(digits);
  if (!namePattern.test(name)) throw new Error(`--endpoint-service: a name has small letters, digits and dashes, at most 63: not ${name}`);
  if (!hostPattern.test(host)) throw new Error(`--endpoint-service: ${host} is neither a host name nor an IPv4 address`);
  if (port < 1 || port > 65_535) throw new Error(`--endpoint-service: ${digits} is not a port`);
  if (dns === undefined) return { name, host, port };
  const privateDnsName = dns.toLowerCase();
  if (!hostPattern.test(privateDnsName) || !privateDnsName.includes('.') || /\.\d+$/u.test(privateDnsName)) {
    throw new Error(`--endpoint-service: ${dns} is no name for a VPC: it needs a domain, as in licences.example.internal`);
  }
  if (awsDomains.some((domain) => privateDnsName === domain || privateDnsName.endsWith(`.${domain}`))) {
    throw new Error(`--endpoint-service: ${dns} is a name of AWS`);
  }
  return { name, host, port, privateDnsName };
}

/** Makes the store's services those of the command line. Ids come from names, so that endpoints find their service again. */
export function storeEndpointServices(store: Store, services: readonly EndpointServiceOption[], ownerId: string, now: Date): void {
  const { endpointServices } = store.ec2;
  store.transact(() => {
    for (const { serviceId } of endpointServices.list()) endpointServices.delete(serviceId);
    for (const service of services) {
      const serviceId = `vpce-svc-${createHash('sha256').update(service.name).digest('hex').slice(0, 17)}`;
      endpointServices.insert({ serviceId, ownerId, createdAt: now.toISOString(), ...service });
    }
  });
}
