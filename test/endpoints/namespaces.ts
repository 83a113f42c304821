import { existsSync, readdirSync } from 'node:fs';
import { run } from '../../src/drivers/process/process.ts';

const start = 'clep';

/** A network namespace of this test process with loopback up and some addresses of its own. */
export class TestNamespace {
  readonly name: string;
  readonly path: string;

  private constructor(suffix: string) {
    this.name = `${start}${process.pid}${suffix}`;
    this.path = `/run/netns/${this.name}`;
  }

  static async make(suffix: string, addresses: readonly string[]): Promise<TestNamespace> {
    const namespace = new TestNamespace(suffix);
    await run(['ip', 'netns', 'add', namespace.name]);
    await namespace.run('ip', 'link', 'set', 'lo', 'up');
    for (const address of addresses) await namespace.run('ip', 'route', 'add', 'local', address, 'dev', 'lo');
    return namespace;
  }

  /** Runs a program inside and returns what it printed. */
  async run(...argv: string[]): Promise<string> {
    return run(['ip', 'netns', 'exec', this.name, ...argv]);
  }

  async remove(): Promise<void> {
    await run(['ip', 'netns', 'delete', this.name]);
  }
}

/** Removes what a test process that was killed left behind. */
export async function removeStaleNamespaces(): Promise<void> {
  const names = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  for (const name of names) {
    const owner = new RegExp(`^${start}(\\d+)[a-z]+$`).exec(name)?.[1];
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) await run(['ip', 'netns', 'delete', name]).catch(() => undefined);
  }
}
