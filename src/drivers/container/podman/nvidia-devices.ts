import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where podman, too, looks for CDI specifications. https://github.com/cncf-tags/container-device-interface */
const cdiFolders = ['/etc/cdi', '/var/run/cdi'] as const;
export const gpuKind = 'nvidia.com/gpu';

const gpuIndex = /^\d+$/;

/** The NVIDIA GPUs that CDI specifications of this machine can give to containers, by their indexes. */
export function nvidiaDevices(folders: readonly string[] = cdiFolders): readonly string[] {
  const names = folders.flatMap((folder) => specificationsIn(folder)).flatMap(deviceNames);
  return [...new Set(names)].filter((name) => gpuIndex.test(name)).sort((a, b) => Number(a) - Number(b));
}

function specificationsIn(folder: string): readonly string[] {
  let files: readonly string[];
  try {
    files = readdirSync(folder);
  } catch {
    return [];
  }
  return files.filter((file) => /\.(json|yaml)$/.test(file)).map((file) => readFileSync(join(folder, file), 'utf8'));
}

/** JSON is read as such; of YAML what `nvidia-ctk` writes: one member a line. */
function deviceNames(text: string): readonly string[] {
  if (text.trimStart().startsWith('{')) {
    const { kind, devices = [] } = JSON.parse(text) as { readonly kind?: string; readonly devices?: readonly { readonly name: string }[] };
    return kind === gpuKind ? devices.map(({ name }) => name) : [];
  }
  if (!/^kind:\s*"?nvidia\.com\/gpu"?\s*$/m.test(text)) return [];
  return [...text.matchAll(/^\s*(?:-\s+)?name:\s*["']?([^"'\s]+)["']?\s*$/gm)].map(([, name = '']) => name);
}
