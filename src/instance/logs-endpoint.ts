import { readFileSync } from 'node:fs';
import { Agent as HttpsAgent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { createSecureContext } from 'node:tls';
import { signRequest } from '../aws/sign.ts';
import type { AgentCredentials, AgentSettings } from '../model/job/agent-orders.ts';
import { systemClock } from '../stdx/clock.ts';
import { observe, OrderFailed } from './failure.ts';
import { credentialsMarginMs, logsCallMs } from './limits.ts';
import { type Addresses, vpcLookup } from './vpc-lookup.ts';

/** CloudWatch Logs at AWS's name, through the agent's ENI: what the VPC does not lead to is not reached. */
export class LogsEndpoint {
  readonly #settings: AgentSettings;
  readonly #credentialsWanted: () => Promise<AgentCredentials>;
  readonly #addresses: Addresses = new Map();
  readonly #agent: HttpsAgent;
  #credentials: AgentCredentials | undefined;

  constructor(settings: AgentSettings, credentialsWanted: () => Promise<AgentCredentials>) {
    this.#settings = settings;
    this.#credentialsWanted = credentialsWanted;
    this.#agent = new HttpsAgent({
      keepAlive: true,
      secureContext: createSecureContext({ ca: readFileSync(settings.certificateAuthoritiesPath, 'utf8') }),
      lookup: vpcLookup(settings.nameServers, this.#addresses),
      autoSelectFamily: false,
    });
  }

  /** One call, once. What fails is an `OrderFailed` with the host and address that were tried. */
  async call(operation: string, body: string, signal: AbortSignal): Promise<void> {
    const { region } = this.#settings;
    const url = new URL(`https://logs.${region}.amazonaws.com/`);
    const tried = { attempted: operation, host: url.hostname };
    try {
      const credentials = await this.#ownCredentials();
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${operation}` };
      const scope = { service: 'logs', region, now: systemClock.now() };
      const signed = signRequest({ method: 'POST', url, headers, body: Buffer.from(body) }, credentials, scope);
      const answer = await this.#send(url, signed, body, AbortSignal.any([signal, AbortSignal.timeout(logsCallMs)]));
      if (answer.status === 200) return;
      throw new OrderFailed({ kind: 'http-status', ...tried, port: 443, status: answer.status, ...wordsOf(answer.body) });
    } catch (error) {
      signal.throwIfAborted();
      throw observe(error, { ...tried, address: this.#addresses.get(url.hostname) });
    }
  }

  async #ownCredentials(): Promise<AgentCredentials> {
    const known = this.#credentials;
    if (known !== undefined && Date.parse(known.expiration) - systemClock.now().getTime() > credentialsMarginMs) return known;
    return (this.#credentials = await this.#credentialsWanted());
  }

  async #send(url: URL, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<{ status: number; body: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
    const asked = request(url, { method: 'POST', headers, agent: this.#agent, signal }, (answer) => {
      text(answer).then((said) => resolve({ status: answer.statusCode ?? 0, body: said }), reject);
    });
    asked.on('error', reject);
    asked.end(body);
    return await promise;
  }
}

/** `{"__type":"…#AccessDeniedException","message":"…"}` */
function wordsOf(body: string): { readonly code: string; readonly message: string } {
  try {
    const { __type: type = '', message = '', Message = '' } = JSON.parse(body) as Readonly<Record<string, string>>;
    return { code: type.split('#').at(-1) ?? '', message: message || Message };
  } catch {
    return { code: '', message: body.slice(0, 200) };
  }
}
