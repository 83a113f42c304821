import { packageRepositories, repositoryHostName } from '../model/package-repositories.ts';

/**
 * The host names of S3 in a region (AWS's "Amazon S3 endpoints", "Virtual hosting of buckets"): each serves the path
 * style itself, and a bucket in front of it. The dash form is the older one, still in use; the global ones are today
 * aliases of us-east-1 that every region's clients may use.
 */
export function s3HostNames(region: string): readonly string[] {
  const names = [`s3.${region}.amazonaws.com`, `s3-${region}.amazonaws.com`, `s3.dualstack.${region}.amazonaws.com`, 's3.amazonaws.com'];
  return region === 'us-east-1' ? [...names, 's3-external-1.amazonaws.com'] : names;
}

/** Names of package repositories, some of which are a bucket's own name: of Amazon Linux 1 and 2, by plain HTTP. */
export function s3RepositoryHostNames(region: string): readonly string[] {
  return packageRepositories.map((repository) => repositoryHostName(repository, region));
}

/** The names of S3's certificate. Its wildcards cover one label: HTTPS to a bucket with dots in its name fails here as it does on AWS. */
export function s3CertificateNames(region: string): readonly string[] {
  return s3HostNames(region).flatMap((name) => [name, `*.${name}`]);
}

/** Certificates of the host's own listener. */
export const hostCertificateNames: readonly string[] = ['localhost', '127.0.0.1', '::1'];
