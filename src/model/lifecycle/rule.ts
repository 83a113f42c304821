/** A rule of a bucket's lifecycle configuration, as it was put. */
export interface LifecycleRule {
  readonly id: string;
  readonly enabled: boolean;
  readonly scope: LifecycleScope;
  /** Of current objects: so many days after they were made, or from this day on (ISO 8601, midnight). */
  readonly expiration?: { readonly days: number } | { readonly date: string } | { readonly expiredObjectDeleteMarker: boolean };
  readonly noncurrent?: { readonly days: number; readonly newerVersions?: number };
  readonly abortUploadsAfterDays?: number;
}

/** What a rule is about: everything with a prefix (the old form), or what a filter lets through. */
export type LifecycleScope = { readonly prefix: string } | { readonly filter: LifecycleFilter };

export interface LifecyclePredicates {
  readonly prefix?: string;
  readonly sizeGreaterThan?: number;
  readonly sizeLessThan?: number;
}

export interface LifecycleFilter extends LifecyclePredicates {
  readonly tag?: LifecycleTag;
  readonly and?: LifecyclePredicates & { readonly tags: readonly LifecycleTag[] };
}

export interface LifecycleTag {
  readonly key: string;
  readonly value: string;
}

/** What a rule looks at of an object. */
export interface Filtered {
  readonly key: string;
  readonly size: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** All predicates of a rule in one list: all of them must hold. */
export function predicatesOf(scope: LifecycleScope): LifecyclePredicates & { readonly tags: readonly LifecycleTag[] } {
  if ('prefix' in scope) return { prefix: scope.prefix, tags: [] };
  const { tag, and, ...predicates } = scope.filter;
  return and ?? { ...predicates, tags: tag === undefined ? [] : [tag] };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html */
export function matches({ scope }: LifecycleRule, { key, size, tags: has }: Filtered): boolean {
  const { prefix = '', tags, sizeGreaterThan = -1, sizeLessThan = Infinity } = predicatesOf(scope);
  return key.startsWith(prefix) && size > sizeGreaterThan && size < sizeLessThan && tags.every((tag) => has[tag.key] === tag.value);
}
