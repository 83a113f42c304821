/**
 * What a request says of itself, and how it was signed. Nothing in it but the signature is proven: policies may look at
 * the rest, and AWS warns against trusting it. Absent where Cloister itself asks.
 */
export interface RequestMarks {
  readonly userAgent?: string;
  readonly referer?: string;
  /** `1.3`. Absent: no TLS. */
  readonly tlsVersion?: string;
  /** Absent: nobody signed it. */
  readonly signature?: SignatureMarks;
  /** The header `x-amz-content-sha256`. */
  readonly contentSha256?: string;
}

export interface SignatureMarks {
  readonly type: 'REST-HEADER' | 'REST-QUERY-STRING';
  readonly version: 'AWS' | 'AWS4-HMAC-SHA256';
  /** Of a signature of version 2 it is not known. */
  readonly signedAtMs?: number;
}
