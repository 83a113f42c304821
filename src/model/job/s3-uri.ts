export interface S3Location {
  readonly bucket: string;
  /** Key or prefix, without the slash after the bucket. */
  readonly key: string;
}

/** `s3://bucket/key`, or undefined. The `https://` form that SageMaker's pattern also allows names an endpoint, not a bucket. */
export function parseS3Uri(uri: string): S3Location | undefined {
  const match = /^s3:\/\/(?<bucket>[^/]+)\/?(?<key>.*)$/su.exec(uri);
  const bucket = match?.groups?.['bucket'];
  return bucket === undefined ? undefined : { bucket, key: match?.groups?.['key'] ?? '' };
}

/** Joins a path to a location as SageMaker does: exactly one slash between. */
export function joinS3Path(uri: string, path: string): string {
  return `${uri.replace(/\/+$/u, '')}/${path}`;
}
