/** Each room of `src/`, and the rooms it may import from. Bottom up; nothing imports upward. ARCHITECTURE.md prints this. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  stdx: [],
  model: ['stdx'],
  aws: ['stdx', 'model'],
  store: ['stdx', 'model'],
  drivers: ['stdx', 'model'],
  access: ['stdx', 'model', 'aws', 'store'],
  services: ['stdx', 'model', 'aws', 'store', 'access'],
  gateway: ['stdx', 'model', 'aws', 'store', 'access', 'services'],
  endpoints: ['stdx', 'model', 'aws', 'drivers', 'store/blobs'],
  instance: ['stdx', 'model', 'aws'],
  reconcile: ['stdx', 'model', 'aws', 'store', 'drivers', 'access', 'endpoints'],
  daemon: ['stdx', 'model', 'aws', 'store', 'drivers', 'access', 'services', 'gateway', 'endpoints', 'instance', 'reconcile'],
  cli: ['stdx', 'model', 'aws', 'drivers/process'],
};

/** Modules with power, and the rooms that may use them. */
export const only: readonly (readonly [string, readonly string[]])[] = [
  ['node:child_process', ['drivers', 'instance']],
  ['node:sqlite', ['store']],
  ['koffi', ['drivers']],
];

/** The room of a path below `src/`. */
export const layerOf = (path: string): string => path.split('/')[0] ?? '';
