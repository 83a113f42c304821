import { packageRepositories, repositoryBucketName } from '../../model/package-repositories.ts';
import type { Principal } from '../../model/policy/principal.ts';
import type { Store } from '../../store/store.ts';
import { bucketArn } from './demand.ts';

/** Who owns the buckets of packages: no account, so that nothing an account says of its own buckets is about them. */
export const repositoryOwner = 'amazon';
/** Whom the operator's import acts as. Nobody has credentials of it. */
export const repositoryPrincipal = { type: 'service', service: 'amazonlinux.amazonaws.com' } as const satisfies Principal;

/** Everybody reads what he knows the name of, as on AWS; only the owner lists, writes and deletes. */
const policyOf = (bucketName: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'EverybodyReads', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${bucketArn(bucketName)}/*` },
      {
        Sid: 'OwnerFills',
        Effect: 'Allow',
        Principal: { Service: repositoryPrincipal.service },
        Action: ['s3:ListBucket', 's3:PutObject', 's3:DeleteObject'],
        Resource: [bucketArn(bucketName), `${bucketArn(bucketName)}/*`],
      },
    ],
  });

/** Makes the buckets that are there before any account is, with the policies of this version. A bucket that an account has by such a name stays its own. */
export function ensureRepositoryBuckets({ s3: { buckets }, transact }: Store, region: string, now: Date): void {
  transact(() => {
    for (const repository of packageRepositories) {
      const bucketName = repositoryBucketName(repository, region);
      const policy = policyOf(bucketName);
      const existing = buckets.find(bucketName);
      if (existing === undefined) buckets.insert({ bucketName, ownerId: repositoryOwner, region, createdAt: now.toISOString(), policy });
      else if (existing.ownerId === repositoryOwner && existing.policy !== policy) buckets.update(bucketName, { policy });
    }
  });
}
