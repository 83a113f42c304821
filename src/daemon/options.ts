import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type ImageName, parseImageNames } from '../model/job/image-names.ts';
import { parseCompilers, type RegisteredCompiler } from '../model/job/compilers.ts';
import { parseRegistries, type Registry } from '../model/job/registries.ts';
import { type EndpointServiceOption, parseEndpointServices } from './endpoint-services.ts';

/** How one daemon was started. Everything has a default; the data directory alone decides the names it uses in the kernel. */
export interface DaemonOptions {
  readonly dataDirectory: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly region: string;
  readonly accountId: string;
  readonly rootKey?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** State is thrown away at the end, and may be before: it can be reset. */
  readonly ephemeral: boolean;
  /** Ids may be chosen by a tag of the root key's requests: tests and examples only. */
  readonly allowChosenIds: boolean;
  /** The internet edge leads on into the machine's own internet. */
  readonly uplink: boolean;
  /** What jobs print goes through their own networks, or is lost. */
  readonly strictLogs: boolean;
  /** Addresses of the operator's that interface endpoints may lead to. */
  readonly endpointServices: readonly EndpointServiceOption[];
  /** How CDI calls the GPUs of this machine that jobs get. */
  readonly gpuKind?: string;
  /** Names of images in requests, and the local images that they are. */
  readonly imageNames: readonly ImageName[];
  /** Where images may be fetched from; nowhere when nobody says. */
  readonly registries: readonly Registry[];
  /** The operator's credentials for them. */
  readonly registryAuthFile?: string;
  /** Images that compile models, by framework and target. */
  readonly compilers: readonly RegisteredCompiler[];
  /** Instances of jobs that run at once; by the machine's size when nobody says. */
  readonly instancesMax?: number;
  /** Container images that several daemons of this machine share, read-only. */
  readonly imageStore: string;
}

export const defaults = {
  dataDirectory: '/var/lib/cloister',
  host: '127.0.0.1',
  port: 4566,
  imageStore: '/var/cache/cloister/image-store',
  region: 'us-east-1',
  accountId: '000000000000',
} as const;

/** Reads the command line of the daemon. Throws an Error with one clear line for what it does not know. */
export function parseDaemonOptions(argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): DaemonOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
      region: { type: 'string' },
      account: { type: 'string' },
      ephemeral: { type: 'boolean' },
      'allow-chosen-ids': { type: 'boolean' },
      uplink: { type: 'boolean' },
      'strict-logs': { type: 'boolean' },
      'instances-max': { type: 'string' },
      'gpu-kind': { type: 'string' },
      'image-store': { type: 'string' },
      'endpoint-service': { type: 'string', multiple: true },
      'map-image': { type: 'string', multiple: true },
      registry: { type: 'string', multiple: true },
      'registry-auth': { type: 'string' },
      compiler: { type: 'string', multiple: true },
    },
  });
  const port = Number(values.port ?? environment['CLOISTER_PORT'] ?? defaults.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port takes a number from 0 to 65535, not ${String(values.port)}`);
  const accountId = values.account ?? environment['CLOISTER_ACCOUNT'] ?? defaults.accountId;
  if (!/^\d{12}$/u.test(accountId)) throw new Error(`--account takes twelve digits, not ${accountId}`);
  const instancesMax = values['instances-max'] === undefined ? undefined : Number(values['instances-max']);
  if (instancesMax !== undefined && (!Number.isInteger(instancesMax) || instancesMax < 1))
    throw new Error(`--instances-max takes a number from 1 on, not ${String(values['instances-max'])}`);
  const accessKeyId = environment['CLOISTER_ROOT_ACCESS_KEY_ID'];
  const secretAccessKey = environment['CLOISTER_ROOT_SECRET_ACCESS_KEY'];
  return {
    dataDirectory: resolve(values.data ?? environment['CLOISTER_DATA'] ?? defaults.dataDirectory),
    host: values.host ?? defaults.host,
    port,
    region: values.region ?? environment['CLOISTER_REGION'] ?? defaults.region,
    accountId,
    ephemeral: values.ephemeral ?? false,
    allowChosenIds: values['allow-chosen-ids'] ?? false,
    uplink: values.uplink ?? false,
    strictLogs: values['strict-logs'] ?? false,
    ...(instancesMax === undefined ? {} : { instancesMax }),
    ...gpuOptions(values['gpu-kind']),
    endpointServices: parseEndpointServices(values['endpoint-service'] ?? []),
    imageNames: parseImageNames(values['map-image'] ?? []),
    ...registryOptions(values.registry ?? [], values['registry-auth']),
    compilers: parseCompilers(values.compiler ?? []),
    ...(accessKeyId !== undefined && secretAccessKey !== undefined ? { rootKey: { accessKeyId, secretAccessKey } } : {}),
    imageStore: resolve(values['image-store'] ?? environment['CLOISTER_IMAGE_STORE'] ?? defaults.imageStore),
  };
}

/** https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md: `vendor.com/class` */
function gpuOptions(gpuKind: string | undefined): Pick<DaemonOptions, 'gpuKind'> {
  if (gpuKind === undefined) return {};
  if (!/^[A-Za-z][\w.-]*\/[A-Za-z][\w-]*$/u.test(gpuKind)) throw new Error(`--gpu-kind takes VENDOR/CLASS, as in nvidia.com/gpu, not ${gpuKind}`);
  return { gpuKind };
}

function registryOptions(names: readonly string[], authFile: string | undefined): Pick<DaemonOptions, 'registries' | 'registryAuthFile'> {
  const registries = parseRegistries(names);
  if (authFile === undefined) return { registries };
  if (registries.length === 0) throw new Error('--registry-auth is for registries that --registry names: there is none');
  const registryAuthFile = resolve(authFile);
  if (statSync(registryAuthFile, { throwIfNoEntry: false })?.isFile() !== true) throw new Error(`--registry-auth: ${registryAuthFile} is no file`);
  return { registries, registryAuthFile };
}

/** The prefix of everything this daemon makes in the kernel: from its data directory alone, so a purge needs no database. */
export function kernelPrefix(dataDirectory: string): string {
  if (dataDirectory === defaults.dataDirectory) return 'cloister';
  return `cl${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 6)}`;
}
