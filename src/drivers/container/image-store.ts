export interface StoredImage {
  readonly name: string;
  readonly imageId: string;
  readonly sizeBytes: number;
  readonly createdAt: string;
}

/** How a registry is asked for an image. */
export interface PullOptions {
  /** By plain HTTP. */
  readonly isPlain: boolean;
  /** The operator's file of credentials, as `podman login --authfile` writes it. Nothing but the program that pulls reads it. */
  readonly authFile?: string | undefined;
  readonly signal: AbortSignal;
}

/** An image that a registry did not give, in the words of the program that asked for it. */
export class ImageNotPulled extends Error {
  override readonly name = 'ImageNotPulled';
}

/** The images that jobs of one daemon may name. */
export interface ImageStore {
  list(): Promise<readonly StoredImage[]>;
  /** Takes an archive as `docker save` and `podman save` write it, of Docker's or OCI's format. The names that it brought. */
  load(file: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Takes away what an earlier daemon left half fetched. Nothing is being fetched. */
  forgetPulls(): Promise<void>;
  /** Fetches an image by the name that it then has here, from the registry which its name begins with. Throws `ImageNotPulled`. Who fetches ends with this process. */
  pull(name: string, options: PullOptions): Promise<void>;
  /** Builds from a folder with a Containerfile or Dockerfile. No step has a network, and no image is fetched: `FROM` names one that is here. */
  build(name: string, folder: string, signal: AbortSignal): Promise<string>;
  /** False when there is none of this name among those that this daemon was given. */
  remove(name: string): Promise<boolean>;
}
