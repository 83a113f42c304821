import { ProcessError, type run } from '../../process/process.ts';
import { namespacePath } from './namespaces.ts';

/** The programs the driver runs, each for one namespace. Few processes: everything that can be a batch is one. */
export class Tools {
  readonly #run: typeof run;

  constructor(runProgram: typeof run) {
    this.#run = runProgram;
  }

  /** `ip` commands in the host's namespace. Stops at the first that fails. */
  async hostBatch(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.#run(['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  async batch(namespace: string, lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.#run(['ip', '-netns', namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  async list<T>(namespace: string, ...parameters: readonly string[]): Promise<readonly T[]> {
    const text = await this.#run(['ip', '-netns', namespace, '-json', ...parameters]);
    return text.trim() === '' ? [] : (JSON.parse(text) as T[]);
  }

  /** One nft transaction: all of it or nothing. */
  async nft(namespace: string, text: string): Promise<void> {
    await this.#run(['nsenter', `--net=${namespacePath(namespace)}`, 'nft', '-f', '-'], { input: text });
  }

  /** Objects of the ruleset, each under its kind: `{ "chain": { … } }`. */
  async nftList<T>(namespace: string, ...parameters: readonly string[]): Promise<readonly T[]> {
    const text = await this.#run(['nsenter', `--net=${namespacePath(namespace)}`, 'nft', '--json', ...parameters]);
    return text.trim() === '' ? [] : (JSON.parse(text) as { nftables: T[] }).nftables;
  }

  async sysctl(namespace: string, settings: readonly string[]): Promise<void> {
    if (settings.length > 0) await this.#run(['nsenter', `--net=${namespacePath(namespace)}`, 'sysctl', '-qw', ...settings]);
  }

  /** Ends every tracked flow of these addresses: an interface inherits none from the one that had its address before. */
  async forgetFlows(namespace: string, addresses: readonly string[]): Promise<void> {
    for (const address of addresses) await Promise.all(['--src', '--dst'].map((side) => this.#deleteFlows(namespace, side, address)));
  }

  async #deleteFlows(namespace: string, side: string, address: string): Promise<void> {
    try {
      await this.#run(['nsenter', `--net=${namespacePath(namespace)}`, 'conntrack', '--delete', side, address]);
    } catch (error) {
      // conntrack answers 1 when there was nothing to delete.
      if (!(error instanceof ProcessError && error.stderr.includes(': 0 flow entries'))) throw error;
    }
  }
}
