/** A registry that the operator lets this daemon fetch images from. */
export interface Registry {
  /** As names of images begin: a host, with its port when it is none of HTTPS. */
  readonly host: string;
  /** By plain HTTP, which the operator said. */
  readonly isPlain: boolean;
}

/** What Docker and podman take for a host, and not for the first part of a path: it has a dot or a port, or is `localhost`. */
const hostPattern = /^(?:localhost|(?=[^/]*[.:])[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?$/u;

/** As registries take names: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const remotePattern =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/u;

/** Reads `HOST[:PORT]` or `http://HOST[:PORT]`, as often as it was given. Throws an Error with one clear line for what it is not. */
export function parseRegistries(texts: readonly string[]): Registry[] {
  const registries = texts.map((text) => {
    const [, scheme, host = ''] = /^(https?:\/\/)?(.*)$/u.exec(text) ?? [];
    if (!hostPattern.test(host)) throw new Error(`--registry takes HOST[:PORT], or http://HOST[:PORT] for one without TLS, not ${text}`);
    return { host, isPlain: scheme === 'http://' };
  });
  const repeated = registries.find(({ host }, index) => registries.findIndex((other) => other.host === host) !== index);
  if (repeated !== undefined) throw new Error(`--registry names ${repeated.host} twice`);
  return registries;
}

/** The host that a name of an image begins with; undefined when it names no registry, or is no name. */
export function registryHostOf(image: string): string | undefined {
  const slash = image.indexOf('/');
  const host = image.slice(0, slash);
  return slash > 0 && hostPattern.test(host) && remotePattern.test(image.slice(slash + 1)) ? host : undefined;
}

/** The allowed registry that an image may come from. A name without a host is of the local store alone: nothing is searched for. */
export function registryOf(image: string, registries: readonly Registry[]): Registry | undefined {
  const host = registryHostOf(image);
  return registries.find((registry) => registry.host === host);
}
