import type { LifecycleRule, LifecycleScope } from '../../model/lifecycle/rule.ts';
import { expiryOf, type LifecycleObject } from '../../model/lifecycle/due.ts';
import type { BucketRow } from '../../store/s3.ts';
import { s3Errors } from './errors.ts';
import type { S3Input } from './s3-operation.ts';

type GivenConfiguration = NonNullable<S3Input<'PutBucketLifecycleConfiguration'>['LifecycleConfiguration']>;
type GivenRule = GivenConfiguration['Rules'][number];
type GivenFilter = NonNullable<GivenRule['Filter']>;
type GivenPredicates = Pick<GivenFilter, 'Prefix' | 'ObjectSizeGreaterThan' | 'ObjectSizeLessThan'>;
type GivenTag = NonNullable<GivenFilter['Tag']>;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
const rulesMax = 1_000;
const idLengthMax = 255;
const newerVersionsMax = 100;

/** The rules of a configuration, checked. `newId` names those that came without a name. */
export function lifecycleRulesOf(configuration: GivenConfiguration | undefined, newId: () => string): LifecycleRule[] {
  const given = configuration?.Rules ?? [];
  if (given.length === 0 || given.length > rulesMax) throw s3Errors.malformedXml();
  const rules = given.map((rule) => ruleOf(rule, newId));
  if (new Set(rules.map(({ id }) => id)).size < rules.length) {
    throw s3Errors.invalidArgument('Rule ID must be unique. Found same ID for more than one rule');
  }
  return rules;
}

function ruleOf(given: GivenRule, newId: () => string): LifecycleRule {
  const { ID, Status, Transitions = [], NoncurrentVersionTransitions = [] } = given;
  if (Transitions.length > 0) throw s3Errors.notImplemented('Transitions of a lifecycle rule');
  if (NoncurrentVersionTransitions.length > 0) throw s3Errors.notImplemented('NoncurrentVersionTransitions of a lifecycle rule');
  if (ID !== undefined && ID.length > idLengthMax) throw s3Errors.invalidArgument(`ID length should not exceed allowed limit of ${idLengthMax}`);
  if (Status !== 'Enabled' && Status !== 'Disabled') throw s3Errors.malformedXml();
  const rule = { id: ID === undefined || ID === '' ? newId() : ID, enabled: Status === 'Enabled', scope: scopeOf(given), ...actionsOf(given) };
  if (rule.expiration === undefined && rule.noncurrent === undefined && rule.abortUploadsAfterDays === undefined) {
    throw s3Errors.invalidRequest('At least one action needs to be specified in a rule');
  }
  checkScope(rule);
  return rule;
}

/** What a rule is about, with what it does: some actions are not about tags and sizes. */
function checkScope({ scope, expiration, abortUploadsAfterDays }: LifecycleRule): void {
  if ('prefix' in scope) return;
  const { tag, and, ...own } = scope.filter;
  const { sizeGreaterThan, sizeLessThan } = and ?? own;
  const tags = and?.tags ?? (tag === undefined ? [] : [tag]);
  const refused = tags.length > 0 ? 'Tags' : sizeGreaterThan !== undefined || sizeLessThan !== undefined ? 'Object Size' : undefined;
  if (refused === undefined) return;
  if (abortUploadsAfterDays !== undefined) throw s3Errors.invalidRequest(`AbortIncompleteMultipartUpload cannot be specified with ${refused}.`);
  if (expiration !== undefined && 'expiredObjectDeleteMarker' in expiration) {
    throw s3Errors.invalidRequest(`ExpiredObjectDeleteMarker cannot be specified with ${refused}.`);
  }
}

function scopeOf({ Prefix, Filter }: GivenRule): LifecycleScope {
  if ((Prefix === undefined) === (Filter === undefined)) throw s3Errors.malformedXml();
  if (Filter === undefined) return { prefix: Prefix ?? '' };
  const { Tag, And } = Filter;
  const own = predicatesOf(Filter);
  if (Object.keys(own).length + Number(Tag !== undefined) + Number(And !== undefined) > 1) throw s3Errors.malformedXml();
  if (And === undefined) return { filter: Tag === undefined ? own : { tag: tagOf(Tag) } };
  const tags = (And.Tags ?? []).map(tagOf);
  if (new Set(tags.map(({ key }) => key)).size < tags.length) throw s3Errors.invalidRequest('Duplicate Tag Keys are not allowed.');
  const predicates = predicatesOf(And);
  if (Object.keys(predicates).length + tags.length < 2) throw s3Errors.malformedXml();
  return { filter: { and: { ...predicates, tags } } };
}

const tagOf = ({ Key, Value }: GivenTag) => ({ key: Key, value: Value });

function predicatesOf({ Prefix, ObjectSizeGreaterThan: above, ObjectSizeLessThan: below }: GivenPredicates) {
  if (above !== undefined && below !== undefined && above >= below) {
    throw s3Errors.invalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.");
  }
  return {
    ...(Prefix === undefined ? {} : { prefix: Prefix }),
    ...(above === undefined ? {} : { sizeGreaterThan: above }),
    ...(below === undefined ? {} : { sizeLessThan: below }),
  };
}

function actionsOf({ Expiration, NoncurrentVersionExpiration: noncurrent, AbortIncompleteMultipartUpload: abort }: GivenRule) {
  return {
    ...(Expiration === undefined ? {} : { expiration: expirationOf(Expiration) }),
    ...(noncurrent === undefined ? {} : { noncurrent: noncurrentOf(noncurrent) }),
    ...(abort === undefined
      ? {}
      : { abortUploadsAfterDays: positive(abort.DaysAfterInitiation, 'DaysAfterInitiation', 'AbortIncompleteMultipartUpload') }),
  };
}

function positive(days: number | undefined, member: string, action: string): number {
  if (days === undefined) throw s3Errors.malformedXml();
  if (days <= 0) throw s3Errors.invalidArgument(`'${member}' for ${action} action must be a positive integer`);
  return days;
}

function expirationOf({ Days, Date: date, ExpiredObjectDeleteMarker: marker }: NonNullable<GivenRule['Expiration']>) {
  if ([Days, date, marker === false && (Days ?? date) !== undefined ? undefined : marker].filter((value) => value !== undefined).length !== 1) {
    throw s3Errors.malformedXml();
  }
  if (Days !== undefined) return { days: positive(Days, 'Days', 'Expiration') };
  if (date === undefined) return { expiredObjectDeleteMarker: marker === true };
  if (date.getTime() % (24 * 60 * 60_000) !== 0) throw s3Errors.invalidArgument("'Date' must be at midnight GMT");
  return { date: date.toISOString() };
}

function noncurrentOf({ NoncurrentDays, NewerNoncurrentVersions: newer }: NonNullable<GivenRule['NoncurrentVersionExpiration']>) {
  const days = positive(NoncurrentDays, 'NoncurrentDays', 'NoncurrentVersionExpiration');
  if (newer === undefined) return { days };
  if (newer < 1 || newer > newerVersionsMax) {
    throw s3Errors.invalidArgument(`'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be between 1 and ${newerVersionsMax}`);
  }
  return { days, newerVersions: newer };
}

/** `x-amz-expiration`: when a rule takes the current object away, and which. */
export function expirationMember({ lifecycle }: BucketRow, object: LifecycleObject): { Expiration?: string } {
  const expiry = lifecycle === undefined ? undefined : expiryOf(lifecycle.rules, object);
  if (expiry === undefined) return {};
  return { Expiration: `expiry-date="${expiry.at.toUTCString()}", rule-id="${encodeURIComponent(expiry.ruleId)}"` };
}
