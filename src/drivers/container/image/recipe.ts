import type { DistributionPackage } from './distribution-packages.ts';

/** Where an image is made. */
export interface Workplace {
  /** Goes away with everything in it. */
  readonly work: string;
  /** An empty folder in it: what becomes the image. */
  readonly rootfs: string;
  readonly signal?: AbortSignal | undefined;
  readonly tell: (step: string) => void;
}

/** How an image is made of packages of this machine's distribution. */
export interface Recipe {
  /** Folders of `images/` with a `packages.txt`. */
  readonly folders: readonly string[];
  /** What else goes into the image: when one of them changes, it is made anew. */
  readonly files: readonly string[];
  /** And what cannot be read in them: their names, a version. */
  readonly madeOf?: readonly string[];
  readonly entrypoint: readonly string[];
  /** Beside the search path and the language. */
  readonly environment: Readonly<Record<string, string>>;
  /** Fills `rootfs` and tries whether it works. */
  assemble(place: Workplace, packages: readonly DistributionPackage[]): Promise<void>;
}
