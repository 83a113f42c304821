export interface StoredImage {
  readonly name: string;
  readonly imageId: string;
  readonly sizeBytes: number;
  readonly createdAt: string;
}

/** The images that jobs of one daemon may name. */
export interface ImageStore {
  list(): Promise<readonly StoredImage[]>;
  /** Takes an archive as `docker save` and `podman save` write it, of Docker's or OCI's format. The names that it brought. */
  load(file: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Builds from a folder with a Containerfile or Dockerfile. No step has a network, and no image is fetched: `FROM` names one that is here. */
  build(name: string, folder: string, signal: AbortSignal): Promise<string>;
  /** False when there is none of this name among those that this daemon was given. */
  remove(name: string): Promise<boolean>;
}
