import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProcessError, run } from '../../process/process.ts';

/** An archive that apt fetched, and what it installs. */
export interface DistributionPackage {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

/** Refreshing the lists of packages, where a mirror may not answer. */
const updateMs = 5 * 60_000;
/** Some hundred megabytes over a slow line. */
const downloadMs = 30 * 60_000;

/**
 * Packages with everything they depend on, through the sources that apt has on this machine, as if nothing were installed.
 * What the machine itself has installed is neither read nor changed. Without a mirror, what was fetched before is enough.
 * @param folder lists and archives stay there: what was fetched once is not fetched again
 */
export async function fetchPackages(folder: string, names: readonly string[], signal?: AbortSignal): Promise<readonly DistributionPackage[]> {
  const environment = { APT_CONFIG: await writeConfiguration(folder), LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  const apt = async (timeoutMs: number, ...parameters: readonly string[]): Promise<string> =>
    await run(['apt-get', '-qq', ...parameters], { environment, timeoutMs, ...(signal && { signal }) });
  const outdated = await apt(updateMs, 'update').then(
    () => '',
    (error: unknown) => wordsOf(error),
  );
  try {
    const planned = await apt(updateMs, 'install', '--simulate', '--yes', '--', ...names);
    await apt(downloadMs, 'install', '--download-only', '--yes', '--', ...names);
    return plannedPackages(planned).map(({ name, version, file }) => ({ name, version, path: join(folder, 'cache/archives', file) }));
  } catch (error) {
    const words = [outdated, wordsOf(error)].filter((text) => text !== '').join('\n');
    throw new Error(`the packages of this machine's distribution could not be fetched: ${words}`, { cause: error });
  }
}

/** Of apt what it said. */
function wordsOf(error: unknown): string {
  if (error instanceof ProcessError) return error.message;
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'this machine has no apt-get';
  throw error;
}

/** What `apt-get --simulate` says it would install: `Inst NAME (VERSION ORIGIN… [ARCHITECTURE])`. */
export function plannedPackages(simulation: string): readonly { readonly name: string; readonly version: string; readonly file: string }[] {
  return [...simulation.matchAll(/^Inst (?<name>\S+) \((?<version>\S+) .*\[(?<architecture>\w+)\]\)/gmu)].map(({ groups }) => {
    const { name = '', version = '', architecture = '' } = groups ?? {};
    return { name, version, file: `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb` };
  });
}

/** A state and a cache of its own beside the sources, keys and proxies that the machine's apt has. */
async function writeConfiguration(folder: string): Promise<string> {
  for (const path of ['state/lists/partial', 'cache/archives/partial']) await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  const path = join(folder, 'apt.conf');
  const lines = {
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': 'root',
    'APT::Keep-Downloaded-Packages': 'true',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    // A mirror that does not answer is told about, and not passed over.
    'APT::Update::Error-Mode': 'any',
  };
  await writeFile(
    path,
    Object.entries(lines)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(''),
  );
  return path;
}
