import type { DataMount, DataMountDriver, DataMountSpec } from '../../src/drivers/container/mount/data-mount-driver.ts';
import type { Faults } from './faults.ts';

/** Mounts that exist in memory, with what their programs printed. */
export class FakeDataMounts implements Pick<DataMountDriver, 'giveCredentials' | 'mount' | 'isAlive' | 'log' | 'release'> {
  readonly mounted = new Map<string, DataMountSpec>();
  readonly lost = new Set<string>();
  readonly #faults: Faults;
  printed = '';

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  async giveCredentials(): Promise<void> {
    await this.#faults.around('giveCredentials', () => undefined);
  }

  async mount(spec: DataMountSpec): Promise<DataMount> {
    const { channelName } = spec.source;
    const path = `${spec.directory}/fastfile/${channelName}`;
    await this.#faults.around('mount', () => void this.mounted.set(path, spec));
    return { channelName, path, id: `${this.mounted.size}` };
  }

  isAlive(directory: string, channelName: string): boolean {
    return this.mounted.has(`${directory}/fastfile/${channelName}`) && !this.lost.has(channelName);
  }

  async log(): Promise<string> {
    return await Promise.resolve(this.printed);
  }

  async release(directory: string): Promise<void> {
    await this.#faults.around('release mounts', () => {
      for (const path of this.mounted.keys()) if (path.startsWith(`${directory}/`)) this.mounted.delete(path);
    });
  }
}
