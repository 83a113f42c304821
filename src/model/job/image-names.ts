import { registryHostOf } from './registries.ts';

/** A name that requests may give to an image, and the image of the local store that it is here. */
export interface ImageName {
  /** A whole name, or what names begin with and a `*`. */
  readonly from: string;
  readonly to: string;
}

/** As podman takes names of its own store: small letters, and no port of a registry. */
export const imageNamePattern = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?$/u;

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html */
const fromPattern = /^[^\s*=]{1,254}\*?$/u;

/** Reads `FROM=TO`, as often as it was given. Throws an Error with one clear line for what it is not. */
export function parseImageNames(texts: readonly string[]): ImageName[] {
  const names = texts.map((text) => {
    const [from = '', to, more] = text.split('=');
    if (to === undefined || more !== undefined) throw new Error(`--map-image takes FROM=TO, not ${text}`);
    if (!fromPattern.test(from)) throw new Error(`--map-image: ${from} is neither a name of an image nor the beginning of one with a * at its end`);
    if (!imageNamePattern.test(to) && registryHostOf(to) === undefined) throw new Error(`--map-image: ${to} is no name of an image`);
    return { from, to };
  });
  const repeated = names.find(({ from }, index) => names.findIndex((other) => other.from === from) !== index);
  if (repeated !== undefined) throw new Error(`--map-image names ${repeated.from} twice`);
  return names;
}

/** The local image that a name of a request is: by its whole name, or by the longest beginning of it, or itself. */
export function localImageOf(image: string, names: readonly ImageName[]): string {
  const whole = names.find(({ from }) => from === image);
  if (whole !== undefined) return whole.to;
  const beginnings = names.filter(({ from }) => from.endsWith('*') && image.startsWith(from.slice(0, -1)));
  return beginnings.toSorted((a, b) => b.from.length - a.from.length)[0]?.to ?? image;
}

/** What a name of ECR says: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG`. Undefined when it is another name. */
export function ecrRepositoryOf(image: string): { readonly registryId: string; readonly repository: string } | undefined {
  const found = /^(?<registryId>\d{12})\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/(?<repository>[^:@]+)/u.exec(image)?.groups;
  const { registryId, repository } = found ?? {};
  return registryId === undefined || repository === undefined ? undefined : { registryId, repository };
}
