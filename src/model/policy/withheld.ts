import type { Demand } from './decision.ts';
import type { RefusedCase } from './refused-case.ts';

/** The ARN of the bucket that a resource of S3 is, or is in. */
export const bucketOf = ({ resource }: Pick<Demand, 'resource'>): string => resource.split('/', 1)[0] as string;

/** The case as it were without RestrictPublicBuckets; undefined when that withholds nothing. */
export function restored({ demand, policies, ...rest }: RefusedCase): RefusedCase | undefined {
  const { withheldPolicy, ...asked } = demand;
  if (withheldPolicy === undefined) return undefined;
  return { ...rest, demand: asked, policies: [...policies, { kind: 'resource', name: bucketOf(demand), text: withheldPolicy }] };
}

/** What its owner may do. https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
export const switchText = ({ demand }: RefusedCase): string =>
  `switch RestrictPublicBuckets of ${bucketOf(demand)} off (PutPublicAccessBlock by its owner): it withholds the public policy of the bucket from everybody outside the owner's account`;
