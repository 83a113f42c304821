/**
 * The public buckets that hold the packages of Amazon Linux, by the word for each on Cloister's command line. The first
 * three are named as the hosts that clients ask by plain HTTP: Amazon Linux 1 has two, Amazon Linux 2 one.
 */
const bucketNames = {
  packages: (region: string): string => `packages.${region}.amazonaws.com`,
  repo: (region: string): string => `repo.${region}.amazonaws.com`,
  amazonlinux: (region: string): string => `amazonlinux.${region}.amazonaws.com`,
  al2023: (region: string): string => `al2023-repos-${region}-de612dc2`,
} as const;

export type PackageRepository = keyof typeof bucketNames;

export const packageRepositories = Object.keys(bucketNames) as readonly PackageRepository[];

export const isPackageRepository = (name: string): name is PackageRepository => Object.hasOwn(bucketNames, name);

export const repositoryBucketName = (repository: PackageRepository, region: string): string => bucketNames[repository](region);

/** The name that a client asks the repository by, over HTTP. */
export function repositoryHostName(repository: PackageRepository, region: string): string {
  const bucketName = repositoryBucketName(repository, region);
  return bucketName.includes('.') ? bucketName : `${bucketName}.s3.dualstack.${region}.amazonaws.com`;
}

/** Where the operator reaches them on the host's listener: `PATH` + repository + `/` + key, in requests that are S3's own and signed as such. */
export const repositoriesPath = '/_cloister/repositories/';
