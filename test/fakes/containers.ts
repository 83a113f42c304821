import type { ContainerDriver, ContainerSpec, ContainerState, ContainerUsage } from '../../src/drivers/container/container-driver.ts';
import type { MachineSize } from '../../src/model/job/instance-types.ts';
import { present } from '../../src/stdx/assert.ts';
import type { Faults } from './faults.ts';

type Driver = Pick<
  ContainerDriver,
  'size' | 'hasImage' | 'create' | 'start' | 'stop' | 'inspect' | 'wait' | 'memoryKills' | 'usage' | 'logs' | 'remove'
>;

/** Containers that exist in memory, and that daemons may lose and find again. A started one ends by itself when it is waited for. */
export class FakeContainers implements Driver {
  readonly held = new Map<string, { readonly spec: ContainerSpec; state: ContainerState }>();
  readonly specs: ContainerSpec[] = [];
  readonly #faults: Faults;
  /** What a container ends with by itself; undefined: it runs until it is stopped. */
  exitCodeOf: (name: string) => number | undefined = () => 0;
  memoryKillsOf: (name: string) => number = () => 0;
  readonly #ended = new Map<string, PromiseWithResolvers<void>>();

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  size(): MachineSize {
    return { cpus: 2, memoryBytes: 2 ** 34, gpus: 0 };
  }

  async hasImage(): Promise<boolean> {
    return await this.#faults.around('hasImage', () => true);
  }

  async create(spec: ContainerSpec): Promise<void> {
    await this.#faults.around('create', () => {
      this.specs.push(spec);
      if (!this.held.has(spec.name)) this.held.set(spec.name, { spec, state: { name: spec.name, labels: spec.labels, status: 'created' } });
    });
  }

  async start(name: string): Promise<void> {
    await this.#faults.around('start', () => {
      const { state } = this.#get(name);
      if (state.status === 'created') this.#set(name, { ...state, status: 'running' });
    });
  }

  async stop(name: string): Promise<void> {
    await this.#faults.around('stop', () => {
      if (this.held.get(name)?.state.status === 'running') this.#end(name, 143);
    });
  }

  async inspect(name: string): Promise<ContainerState | undefined> {
    return await this.#faults.around('inspect', () => this.held.get(name)?.state);
  }

  async wait(name: string, signal: AbortSignal): Promise<number> {
    return await this.#faults.around('wait', async () => {
      const exitCode = this.exitCodeOf(name);
      if (this.#get(name).state.status === 'running' && exitCode !== undefined) this.#end(name, exitCode);
      const ended = this.#endOf(name);
      if (this.#get(name).state.status !== 'exited') {
        const abort = (): void => {
          // Who waits next waits anew.
          this.#ended.delete(name);
          ended.reject(signal.reason);
        };
        signal.addEventListener('abort', abort, { once: true });
        if (signal.aborted) abort();
        await ended.promise;
      }
      return present(this.#get(name).state.exitCode, 'it has ended');
    });
  }

  /** What is looked at now and then is no moment of a run. */
  usageOf: (name: string) => ContainerUsage | undefined = () => undefined;

  async usage(name: string): Promise<ContainerUsage | undefined> {
    return await Promise.resolve(this.usageOf(name));
  }

  async memoryKills(name: string): Promise<number> {
    return await this.#faults.around('memoryKills', () => this.memoryKillsOf(name));
  }

  async *logs(name: string, fromLine: number): ReturnType<ContainerDriver['logs']> {
    yield* await this.#faults.around('logs', () =>
      ['one', '', 'three']
        .slice(fromLine)
        .map((text) => ({ time: new Date('2026-11-01T12:00:00Z'), stream: 'stdout' as const, text: `${name} ${text}` })),
    );
  }

  async remove(name: string): Promise<void> {
    await this.#faults.around('remove', () => void this.held.delete(name));
  }

  #get(name: string) {
    return present(this.held.get(name), `${name} is there`);
  }

  #set(name: string, state: ContainerState): void {
    this.#get(name).state = state;
  }

  #end(name: string, exitCode: number): void {
    this.#set(name, { ...this.#get(name).state, status: 'exited', exitCode });
    this.#endOf(name).resolve();
  }

  #endOf(name: string): PromiseWithResolvers<void> {
    const known = this.#ended.get(name);
    const ended = known ?? Promise.withResolvers<void>();
    if (known === undefined) ended.promise.catch(() => undefined);
    this.#ended.set(name, ended);
    return ended;
  }
}
