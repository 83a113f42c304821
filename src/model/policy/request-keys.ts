/** The values of a condition key. Undefined: the request does not have it. */
export type KeyValue = readonly string[] | 'unknown' | undefined;

/** The condition keys of one request. Computed when asked for: most requests are decided without most keys. */
export interface RequestKeys {
  /** `key` in lower case: key names do not distinguish case. */
  lookup(key: string): KeyValue;
}
