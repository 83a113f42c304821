import type { Headers } from '../aws/headers.ts';
import { type HostMeaning, readHost } from '../aws/host-names.ts';
import { readHeaders } from '../aws/headers.ts';
import type { RequestHead } from '../aws/message.ts';
import type { ServiceModel } from '../aws/service-model.ts';
import type { ServiceName } from '../model/arrival.ts';
import type { Principal } from '../model/policy/principal.ts';
import { splitTarget } from '../aws/sigv4-canonical.ts';

/** One request on its way through the gateway: what came, and what has been found out about it. */
export interface Exchange {
  readonly head: RequestHead;
  readonly headers: Headers;
  readonly host: HostMeaning;
  readonly path: string;
  readonly query: string;
  readonly startedAt: Date;
  readonly startedMs: number;
  /** A UUID; S3's are 16 letters and digits. */
  requestId: string;
  /** S3's `x-amz-id-2`. */
  hostId: string | undefined;
  model: ServiceModel | undefined;
  /** For the record. */
  service: ServiceName | 'cloister' | undefined;
  operation: string | undefined;
  accessKeyId: string | undefined;
  principal: Principal | undefined;
  resources: readonly string[];
}

export function beginExchange(head: RequestHead, ids: Pick<Exchange, 'requestId' | 'startedAt' | 'startedMs'>): Exchange {
  const headers = readHeaders(head.headers);
  const [path, query] = splitTarget(head.target);
  const unknown = { hostId: undefined, model: undefined, service: undefined, operation: undefined, accessKeyId: undefined, principal: undefined };
  return { head, headers, host: readHost(headers.get('host') ?? ''), path, query, ...ids, ...unknown, resources: [] };
}

/** Whether bytes follow the head. */
export const hasBody = ({ headers }: Exchange): boolean => headers.has('transfer-encoding') || !/^0*$/.test(headers.get('content-length') ?? '');
