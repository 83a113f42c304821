import { ProcessError, type run } from '../../process/process.ts';
import { namespacePath } from './namespaces.ts';

/** The programs the driver runs, each for one namespace. Few processes: everything that can be a batch is one. */
export class Tools {
  readonly #run: typeof run;

  constructor(runProgram: typeof run) {
    this.#run = runProgram;
  }

  /** `ip` commands. Stops at the first that fails. */
  async batch(namespace: string, lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.#run(['ip', '-netns', namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  async list<T>(namespace: string, ...parameters: readonly string[]): Promise<readonly T[]> {
    const text = await this.#run(['ip', '-netns', namespace, '-json', ...parameters]);
    return text.trim() === '' ? [] : (JSON.parse(text) as T[]);
  }

  /** What a program prints that runs in the namespace. */
  async inside(namespace: string, ...argv: readonly string[]): Promise<string> {
    return await this.#run(['nsenter', `--net=${namespacePath(namespace)}`, ...argv]);
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

  /** Ends every tracked flow of these addresses: an interface inherits none from the one that had its address before. */
  async forgetFlows(namespace: string, addresses: readonly string[]): Promise<void> {
    if (addresses.length === 0) return;
    const deletions = addresses.flatMap((address) => [`-D --src ${address}`, `-D --dst ${address}`]);
    const conntrack = (...parameters: readonly string[]): readonly [string, ...string[]] => [
      'nsenter',
      `--net=${namespacePath(namespace)}`,
      'conntrack',
      ...parameters,
    ];
    try {
      await this.#run(conntrack('--load-file', '-'), { input: `${deletions.join('\n')}\n` });
    } catch (error) {
      if (!(error instanceof ProcessError)) throw error;
      // Before conntrack-tools 1.4.7 there is no batch; one that finds nothing to delete answers 1.
      for (const deletion of deletions) {
        await this.#run(conntrack(...deletion.split(' '))).catch((failure: unknown) => {
          if (!(failure instanceof ProcessError && failure.stderr.includes(': 0 flow entries'))) throw failure;
        });
      }
    }
  }
}
