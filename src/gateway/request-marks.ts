import { parseBasicDate } from '../aws/sigv4-canonical.ts';
import type { StatedSignature } from '../aws/sigv4.ts';
import type { RequestMarks, SignatureMarks } from '../model/policy/request-marks.ts';
import type { Identity } from './authenticate.ts';
import type { Exchange } from './exchange.ts';

/** What policies may look at in a request beside its members: its head, and the signature that was found to hold. */
export function requestMarks({ head, headers }: Exchange, { stated }: Identity): RequestMarks {
  const userAgent = headers.get('user-agent');
  const referer = headers.get('referer');
  const contentSha256 = headers.get('x-amz-content-sha256');
  return {
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(referer === undefined ? {} : { referer }),
    ...(contentSha256 === undefined ? {} : { contentSha256 }),
    ...(head.tlsVersion === undefined ? {} : { tlsVersion: head.tlsVersion }),
    ...(stated === undefined ? {} : { signature: signatureMarks(stated) }),
  };
}

function signatureMarks({ form, date }: StatedSignature): SignatureMarks {
  if (form === 'query-v2') return { type: 'REST-QUERY-STRING', version: 'AWS' };
  const signedAtMs = parseBasicDate(date);
  const marks = { type: form === 'header' ? 'REST-HEADER' : 'REST-QUERY-STRING', version: 'AWS4-HMAC-SHA256' } as const;
  return signedAtMs === undefined ? marks : { ...marks, signedAtMs };
}
