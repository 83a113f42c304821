import { createRequire } from 'node:module';
import type { Arrival } from '../../src/model/arrival.ts';
import type { Demand } from '../../src/model/policy/decision.ts';
import type { Registries } from '../../src/gateway/gateway-options.ts';
import { type Fixture, type GatewayExtras, GatewayServer, makeGateway, rootKey } from './gateway-fixture.ts';

const require = createRequire(import.meta.url);

export const region = 'eu-central-1';

/** One demand, always the same. */
export const demanding =
  (action: string, resource = '*') =>
  (): readonly Demand[] => [{ action, resource }];

const servers: GatewayServer[] = [];

/** A gateway behind a server, which `closeServers` closes. */
export function setUp(
  registries: Partial<Registries>,
  arrival?: Arrival,
  extra?: GatewayExtras,
): Fixture & { server: GatewayServer; endpoint: () => Promise<string> } {
  const fixture = makeGateway(registries, extra);
  const server = new GatewayServer(fixture.gateway, arrival);
  servers.push(server);
  return { ...fixture, server, endpoint: () => server.listen() };
}

export function closeServers(): void {
  for (const server of servers.splice(0)) server.close();
}

/** An unmodified client of the SDK. */
export const client = <C>(Client: new (options: any) => C, endpoint: string, credentials: object = rootKey): C =>
  new Client({ region, endpoint, credentials, maxAttempts: 1, forcePathStyle: true });

/** What a client makes of a refusal. */
export async function refusal(promise: Promise<unknown>): Promise<{ name: string; message: string; status: number }> {
  const error: any = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { name: error?.name, message: error?.message, status: error?.$metadata?.httpStatusCode };
}

/** A request signed as the SDK signs, whose every part a test may choose. */
export async function signedFetch(
  url: string,
  service: string,
  options: { method: string; path?: string; body: string; headers: Record<string, string>; key?: object; region?: string },
): Promise<Response> {
  const { SignatureV4 } = require('@smithy/signature-v4');
  const { HttpRequest } = require('@smithy/core/protocols');
  const { Sha256 } = require('@smithy/core/checksum');
  const { host, hostname } = new URL(url);
  const signer = new SignatureV4({
    service,
    region: options.region ?? region,
    credentials: options.key ?? rootKey,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
  const { method, path = '/', body } = options;
  const signed = await signer.sign(new HttpRequest({ method, protocol: 'http:', hostname, path, headers: { host, ...options.headers }, body }));
  return fetch(`${url}${path}`, { method, headers: signed.headers, ...(method === 'GET' ? {} : { body }) });
}
