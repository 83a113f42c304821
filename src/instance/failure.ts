import { S3ServiceException } from '@aws-sdk/client-s3';
import type { AgentObservation } from '../model/job/agent-orders.ts';

/** An order that cannot be done, with what was seen. */
export class OrderFailed extends Error {
  override readonly name = 'OrderFailed';
  readonly observation: AgentObservation;

  constructor(observation: AgentObservation) {
    super(`${observation.attempted}: ${observation.kind}${observation.message === undefined ? '' : `: ${observation.message}`}`);
    this.observation = observation;
  }
}

/** The VPC's name servers did not give an address; the first of them, if there is one. */
export class LookupFailed extends Error {
  override readonly name = 'LookupFailed';
  readonly host: string;
  readonly resolver: string | undefined;
  readonly code: string;

  constructor(host: string, resolver: string | undefined, code: string) {
    super(resolver === undefined ? `no name server to ask for ${host}` : `${resolver} gave no address of ${host}: ${code}`);
    this.host = host;
    this.resolver = resolver;
    this.code = code;
  }
}

/** The daemon gave no credentials. */
export class CredentialsRefused extends Error {
  override readonly name = 'CredentialsRefused';
}

const tlsCodes = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO$|HOSTNAME_MISMATCH$|INVALID_)/;
const fileCodes = new Set([
  'ENOSPC',
  'EDQUOT',
  'EACCES',
  'EPERM',
  'EROFS',
  'EISDIR',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ELOOP',
  'EIO',
  'ENOENT',
  'EEXIST',
  'EFBIG',
  'EMFILE',
]);
/** The SDK's name for a connection that did not come about in time. */
const timeoutName = 'TimeoutError';

/** What an S3 call was made to, as far as it is known. */
export interface Target {
  readonly attempted: string;
  readonly host?: string | undefined;
  readonly address?: string | undefined;
}

const causes = function* (error: unknown): Generator<Error & { code?: string; address?: string; port?: number }> {
  for (let one = error; one instanceof Error; one = one.cause) yield one;
};

/** Turns what an S3 call or a file operation threw into an observation. Anything unknown is a bug and thrown on. */
export function observe(error: unknown, { attempted, host, address }: Target): OrderFailed {
  if (error instanceof OrderFailed) return error;
  const place = { ...(host !== undefined && { host }), ...(address !== undefined && { address }), port: 443 };
  if (error instanceof S3ServiceException) {
    const { name: code, message, $metadata } = error;
    const status = $metadata.httpStatusCode ?? 0;
    return new OrderFailed({ kind: 'http-status', attempted, ...place, status, code, message });
  }
  for (const cause of causes(error)) {
    const { name, code = '', message } = cause;
    if (cause instanceof CredentialsRefused) return new OrderFailed({ kind: 'no-credentials', attempted, message });
    if (cause instanceof LookupFailed) {
      const asked = cause.resolver === undefined ? {} : { address: cause.resolver, port: 53 };
      return new OrderFailed({ kind: 'lookup-failed', attempted, host: cause.host, ...asked, code, message });
    }
    const seen = { attempted, ...place, ...(cause.address !== undefined && { address: cause.address }), code: code === '' ? name : code, message };
    if (code === 'ECONNREFUSED') return new OrderFailed({ kind: 'connection-refused', ...seen });
    if (tlsCodes.test(code)) return new OrderFailed({ kind: 'tls-failed', ...seen });
    if (fileCodes.has(code)) return new OrderFailed({ kind: 'local-files', attempted, code, message });
    if (name === timeoutName || /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE|ECONNABORTED|ESOCKETTIMEDOUT)$/.test(code)) {
      return new OrderFailed({ kind: 'no-answer', ...seen });
    }
  }
  throw error;
}
