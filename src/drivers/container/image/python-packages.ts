import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ProcessError } from '../../process/process.ts';
import { authorities } from './distribution-rootfs.ts';
import { inTree, type Tree } from './in-tree.ts';

/** Downloads some megabytes and runs a compiler. */
const buildMs = 15 * 60_000;
const compileMs = 10 * 60_000;

const certificateVariables = ['PIP_CERT', 'REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE'];

/**
 * Fetches and builds what a file of requirements pins, with the Python and compiler of a tree, through the index that pip is set
 * up for on this machine.
 * @param wheels a folder of this machine: what was built
 */
export async function buildWheels(tree: Tree, requirements: string, wheels: string): Promise<void> {
  await mkdir(wheels, { recursive: true });
  const pip = ['python3', '-m', 'pip', 'wheel', '--quiet', '--no-deps', '--no-build-isolation', '--no-cache-dir'];
  const settings = await pipSettings(tree.root);
  const mounts = [...settings.mounts, '--bind', wheels, '/mnt', '--ro-bind', requirements, '/tmp/requirements.txt'];
  try {
    await inTree(tree, mounts, settings.environment, [...pip, '--wheel-dir', '/mnt', '--requirement', '/tmp/requirements.txt'], buildMs);
  } catch (error) {
    if (error instanceof ProcessError)
      throw new Error(`the packages of ${requirements} could not be built: ${error.stderr.trim()}`, { cause: error });
    throw error;
  }
}

/** Installs them in a tree without any network. */
export async function installWheels(tree: Tree, requirements: string, wheels: string): Promise<void> {
  const pip = ['python3', '-m', 'pip', 'install', '--quiet', '--no-deps', '--no-index', '--no-compile', '--break-system-packages'];
  const from = ['--root-user-action', 'ignore', '--find-links', '/mnt', '--requirement', '/tmp/requirements.txt'];
  const mounts = ['--unshare-net', '--ro-bind', wheels, '/mnt', '--ro-bind', requirements, '/tmp/requirements.txt'];
  await inTree(tree, mounts, {}, [...pip, ...from], buildMs);
}

/**
 * Compiles what Python would compile anew in every container. By hash, unchecked: the same bytes whenever the image is made.
 * What does not compile is left as it is: packages carry files for other versions of Python.
 */
export async function compilePython(tree: Tree): Promise<void> {
  const compile = ['python3', '-m', 'compileall', '-qq', '-j', '0', '--invalidation-mode', 'unchecked-hash', '/usr/lib/python3', '/usr/local/lib'];
  await inTree(tree, ['--unshare-net'], {}, ['sh', '-c', `${compile.join(' ')} /usr/lib/python3.* || [ $? = 1 ]`], compileMs);
}

/** Throws Python's own words when a tree lacks what its packages need. */
export async function tryImports(tree: Tree, modules: string): Promise<void> {
  await inTree(tree, ['--unshare-net'], {}, ['python3', '-c', `import ${modules}`], compileMs);
}

/** The machine's name servers, its certificates and the files that configure its pip, shown inside a tree. */
async function pipSettings(root: string): Promise<{ readonly mounts: readonly string[]; readonly environment: Readonly<Record<string, string>> }> {
  const certificates = certificateVariables.map((name) => process.env[name]).find((path) => path !== undefined) ?? `/${authorities}`;
  const shown = [
    ['/etc/resolv.conf', '/etc/resolv.conf'],
    ['/etc/hosts', '/etc/hosts'],
    ['/etc/pip.conf', '/etc/pip.conf'],
    [certificates, `/${authorities}`],
  ] as const;
  const own = [process.env['PIP_CONFIG_FILE'], join(homedir(), '.config/pip/pip.conf'), join(homedir(), '.pip/pip.conf')];
  const ownFile = own.find((path) => path !== undefined && existsSync(path));
  await writeFile(join(root, 'etc/pip.conf'), '');
  const mounts = shown.filter(([path]) => existsSync(path)).flatMap(([path, target]) => ['--ro-bind', path, target]);
  const environment = Object.fromEntries(certificateVariables.map((name) => [name, `/${authorities}`]));
  if (ownFile === undefined) return { mounts, environment };
  return { mounts: [...mounts, '--ro-bind', ownFile, '/tmp/pip.conf'], environment: { ...environment, PIP_CONFIG_FILE: '/tmp/pip.conf' } };
}
