import { readFileSync } from 'node:fs';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext } from 'node:tls';
import { S3Client } from '@aws-sdk/client-s3';
import { sleep } from '../stdx/deadline.ts';
import type { AgentCredentials, AgentObservation, AgentSettings } from '../model/job/agent-orders.ts';
import { observe, type Target } from './failure.ts';
import { s3AgainMs, s3Attempts, s3ConnectMs, s3IdleMs, transfersMax } from './limits.ts';
import { type Addresses, vpcLookup } from './vpc-lookup.ts';

/** S3 answered, and says that the same call may succeed. */
function isTroubleOfS3({ status = 0 }: AgentObservation): boolean {
  return status >= 500 || status === 429;
}

/** S3 by the official client, at AWS's names, through the agent's ENI. */
export class Storage {
  readonly client: S3Client;
  readonly #region: string;
  readonly #addresses: Addresses = new Map();

  constructor(settings: AgentSettings, credentials: () => Promise<AgentCredentials>) {
    this.#region = settings.region;
    const httpsAgent = new HttpsAgent({
      keepAlive: true,
      // More than are ever used: the client counts waiting for a free one as connecting.
      maxSockets: 4 * transfersMax,
      // Once: Node would read all authorities anew for every connection, 20 ms each.
      secureContext: createSecureContext({ ca: readFileSync(settings.certificateAuthoritiesPath, 'utf8') }),
      lookup: vpcLookup(settings.nameServers, this.#addresses),
      // The resolver is asked for IPv4 only, so there is nothing to choose from.
      autoSelectFamily: false,
    });
    this.client = new S3Client({
      region: settings.region,
      maxAttempts: 1,
      requestHandler: { connectionTimeout: s3ConnectMs, socketTimeout: s3IdleMs, httpsAgent },
      credentials: async () => {
        const { accessKeyId, secretAccessKey, sessionToken, expiration } = await credentials();
        return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiration) };
      },
      ...(settings.s3Endpoint !== undefined && { endpoint: settings.s3Endpoint, forcePathStyle: true }),
    });
  }

  /** Does an S3 call; what fails is an `OrderFailed` with the host and address that were tried. */
  async attempt<T>(operation: string, bucket: string, key: string | undefined, call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        const failed = observe(error, this.#target(operation, bucket, key));
        if (attempt === s3Attempts || !isTroubleOfS3(failed.observation)) throw failed;
        await sleep(s3AgainMs);
      }
    }
  }

  #target(operation: string, bucket: string, key: string | undefined): Target {
    // Buckets with dots in their names are asked for by path: the certificate's wildcard covers one label only.
    const service = `s3.${this.#region}.amazonaws.com`;
    const host = bucket.includes('.') ? service : `${bucket}.${service}`;
    return { attempted: `${operation} s3://${bucket}${key === undefined ? '' : `/${key}`}`, host, address: this.#addresses.get(host) };
  }
}
