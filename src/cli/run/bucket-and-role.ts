import { type Api, ApiError } from '../api.ts';
import { rolePolicy, trustPolicy } from '../training-role.ts';

interface Place {
  readonly accountId: string;
  readonly region: string;
}

const roleName = 'cloister-run';

/** The bucket for code, data and models, made when it is not there. */
export async function ownBucket(api: Api, { accountId, region }: Place): Promise<string> {
  const bucket = `cloister-run-${accountId}-${region}`;
  const place = `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  await unlessThere('BucketAlreadyOwnedByYou', api.s3('PUT', `/${bucket}`, Buffer.from(region === 'us-east-1' ? '' : place)));
  return bucket;
}

/** A role that reaches this bucket and no other. */
export async function ownRole(api: Api, { accountId }: Place, bucket: string): Promise<string> {
  const trust = { RoleName: roleName, AssumeRolePolicyDocument: JSON.stringify(trustPolicy) };
  await unlessThere('EntityAlreadyExists', api.query('iam', 'CreateRole', trust));
  const resources = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  await api.query('iam', 'PutRolePolicy', { RoleName: roleName, PolicyName: 'training', PolicyDocument: JSON.stringify(rolePolicy(resources)) });
  return `arn:aws:iam::${accountId}:role/${roleName}`;
}

async function unlessThere(code: string, made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === code)) throw error;
  }
}
