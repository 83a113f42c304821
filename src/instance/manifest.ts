/** Objects of a manifest: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html */
export interface Manifest {
  readonly bucket: string;
  /** In front of every entry. */
  readonly prefix: string;
  readonly entries: readonly string[];
}

/** `[{"prefix": "s3://bucket/some/prefix/"}, "relative/path-1", "relative/path-2"]`. Throws with what is wrong with it. */
export function parseManifest(text: string): Manifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error('the manifest is not JSON', { cause: error });
  }
  if (!Array.isArray(parsed)) throw new Error('the manifest is not a list');
  const [first, ...entries] = parsed as unknown[];
  const prefix = typeof first === 'object' && first !== null && 'prefix' in first ? first.prefix : undefined;
  const [, bucket, folder] = typeof prefix === 'string' ? (/^s3:\/\/([^/]+)\/(.*)$/s.exec(prefix) ?? []) : [];
  if (bucket === undefined || folder === undefined) throw new Error('the first element of the manifest is not {"prefix": "s3://bucket/folder/"}');
  if (!entries.every((entry) => typeof entry === 'string')) throw new Error('an entry of the manifest is not a string');
  return { bucket, prefix: folder, entries };
}
