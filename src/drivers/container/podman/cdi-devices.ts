import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where podman, too, looks for CDI specifications. https://github.com/cncf-tags/container-device-interface */
const cdiFolders = ['/etc/cdi', '/var/run/cdi'] as const;

const gpuIndex = /^\d+$/;

/** The GPUs that CDI specifications of this machine can give to containers, by their indexes. @param kind `nvidia.com/gpu`, say */
export function cdiDevices(kind: string, folders: readonly string[] = cdiFolders): readonly string[] {
  const names = folders.flatMap((folder) => specificationsIn(folder)).flatMap((text) => deviceNames(text, kind));
  return [...new Set(names)].filter((name) => gpuIndex.test(name)).sort((a, b) => Number(a) - Number(b));
}

function specificationsIn(folder: string): readonly string[] {
  let files: readonly string[];
  try {
    files = readdirSync(folder);
  } catch {
    return [];
  }
  return files.filter((file) => /\.(json|yaml)$/.test(file)).flatMap((file) => textOf(join(folder, file)));
}

/** None when it has gone meanwhile. */
function textOf(path: string): readonly string[] {
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
}

/** JSON is read as such; of YAML what `nvidia-ctk` writes: one member a line. */
function deviceNames(text: string, wanted: string): readonly string[] {
  if (text.trimStart().startsWith('{')) {
    const { kind, devices = [] } = JSON.parse(text) as { readonly kind?: string; readonly devices?: readonly { readonly name: string }[] };
    return kind === wanted ? devices.map(({ name }) => name) : [];
  }
  if (/^kind:\s*["']?(?<kind>[^"'\s]+)["']?\s*$/m.exec(text)?.groups?.['kind'] !== wanted) return [];
  return [...text.matchAll(/^\s*(?:-\s+)?name:\s*["']?([^"'\s]+)["']?\s*$/gm)].map(([, name = '']) => name);
}
