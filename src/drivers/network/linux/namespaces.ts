import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { NamespaceOwner } from '../network-driver.ts';

export const namespaceFolder = '/run/netns';
const letters = { vpc: 'v', 'network-interface': 'e', 'gateway-endpoint': 's', 'internet-gateway': 'g', edge: 'n' } as const;

export function namespaceName(prefix: string, owner: NamespaceOwner): string {
  return `${prefix}-${letters[owner.kind]}${owner.number}`;
}

export const namespacePath = (name: string): string => `${namespaceFolder}/${name}`;

/** The driver's namespaces that have a name, whether or not something is mounted there. */
export async function listNamespaces(prefix: string): Promise<string[]> {
  const names = await readdir(namespaceFolder).catch(() => []);
  const ours = new RegExp(`^${prefix}-(?:[vesgn]|check)[0-9]+$`);
  return names.filter((name) => ours.test(name)).sort();
}

/** `ip netns add` makes a file and then mounts the namespace on it. Killed in between, only the file is there. */
export async function isNamespace(name: string): Promise<boolean> {
  const [named, own] = await Promise.all([stat(namespacePath(name)).catch(() => undefined), stat('/proc/self/ns/net')]);
  return named?.dev === own.dev;
}

export async function removeEmptyName(name: string): Promise<void> {
  await rm(namespacePath(name), { force: true });
}

/**
 * What the driver did for a VPC, kept where a restart of the machine forgets it together with the namespaces. Written
 * before the first change, so that a namespace is never made without a trace of whose it is.
 */
export interface VpcRecord {
  readonly generation: number;
  /** False while it is being applied. */
  readonly isWhole: boolean;
  readonly namespaces: readonly string[];
}

const recordFolder = (prefix: string): string => `/run/cloister-${prefix}`;
const recordPath = (prefix: string, vpcNumber: number): string => `${recordFolder(prefix)}/v${vpcNumber}.json`;

export async function readRecord(prefix: string, vpcNumber: number): Promise<VpcRecord | undefined> {
  const text = await readFile(recordPath(prefix, vpcNumber), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as VpcRecord);
}

export async function writeRecord(prefix: string, vpcNumber: number, record: VpcRecord): Promise<void> {
  await mkdir(recordFolder(prefix), { recursive: true, mode: 0o700 });
  const path = recordPath(prefix, vpcNumber);
  await writeFile(`${path}.new`, JSON.stringify(record));
  await rename(`${path}.new`, path);
}

export async function removeRecord(prefix: string, vpcNumber: number): Promise<void> {
  await rm(recordPath(prefix, vpcNumber), { force: true });
}

export async function removeRecords(prefix: string): Promise<void> {
  await rm(recordFolder(prefix), { recursive: true, force: true });
}

export async function listRecords(prefix: string): Promise<number[]> {
  const names = await readdir(recordFolder(prefix)).catch(() => []);
  return names.flatMap((name) => (/^v[0-9]+\.json$/.test(name) ? [Number.parseInt(name.slice(1), 10)] : []));
}

/** That something may be in the machine's own namespace. */
const uplinkPath = (prefix: string): string => `${recordFolder(prefix)}/uplink`;

export async function writeUplinkRecord(prefix: string): Promise<void> {
  await mkdir(recordFolder(prefix), { recursive: true, mode: 0o700 });
  await writeFile(uplinkPath(prefix), '');
}

export async function removeUplinkRecord(prefix: string): Promise<void> {
  await rm(uplinkPath(prefix), { force: true });
}

export async function hasUplinkRecord(prefix: string): Promise<boolean> {
  return (await stat(uplinkPath(prefix)).catch(() => undefined)) !== undefined;
}
