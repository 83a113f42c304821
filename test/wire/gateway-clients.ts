import type { Arrival } from '../../src/model/arrival.ts';
import type { Demand } from '../../src/model/policy/decision.ts';
import type { Registries } from '../../src/gateway/gateway-options.ts';
import { type Fixture, type GatewayExtras, GatewayServer, makeGateway, rootKey } from './gateway-fixture.ts';
import { type Key, sdkSign } from './sdk-signer.ts';

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

export interface SignedFetch {
  readonly method: string;
  /** With its query. */
  readonly path?: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly key?: Key;
  readonly region?: string;
}

/** A request signed as the SDK signs, whose every part a test may choose. */
export async function signedFetch(url: string, service: string, options: SignedFetch): Promise<Response> {
  const { method, path = '/', body, key = rootKey } = options;
  const [plainPath = '', text = ''] = path.split('?');
  const query = Object.fromEntries(new URLSearchParams(text));
  const unsigned = { method, path: plainPath, query, headers: { host: new URL(url).host, ...options.headers }, body };
  const headers = await sdkSign(service, options.region ?? region, key, unsigned);
  return fetch(`${url}${path}`, { method, headers, ...(method === 'GET' ? {} : { body }) });
}
