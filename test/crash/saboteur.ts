import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DaemonParts, AnyOperation } from '../../src/daemon/parts.ts';
import type { ContainerDriver } from '../../src/drivers/container/container-driver.ts';
import type { DataMountDriver } from '../../src/drivers/container/mount/data-mount-driver.ts';
import type { NetworkDriver } from '../../src/drivers/network/network-driver.ts';
import type { TunnelDriver } from '../../src/drivers/network/tunnel/tunnel-driver.ts';
import type { AgentSession, PlacementDriver } from '../../src/drivers/placement/placement-driver.ts';
import { isAlive, type ProcessIdentity } from '../../src/drivers/process/process-identity.ts';
import { instanceLayout } from '../../src/model/job/instance-layout.ts';
import { compilerHost } from '../../src/reconcile/compilation/context.ts';
import type { Journal } from '../../src/reconcile/saga.ts';
import { sleep } from '../../src/stdx/deadline.ts';
import { layout } from '../../src/daemon/layout.ts';
import { containerIdsOf, processesOf } from '../fixtures/holdings.ts';
import { replacing } from '../seeds/replacing.ts';
import * as atWork from './at-work.ts';
import { instancesOf, phasesOf, undoOf, type Kind, type Moment, type MomentEvent, type Saga } from './cells.ts';

/** What is to happen to one job. */
export interface Plan {
  readonly job: string;
  readonly saga: Saga;
  readonly phase: string;
  readonly kind: Kind;
  readonly moment: Moment;
}

/** What a plan lets happen to a call. */
export class Planned extends Error {
  override readonly name = 'Planned';
  constructor() {
    super('a failure that was planned');
  }
}

/** A program that was just started, and of which nothing is seen, is at work this much later. */
const atWorkMs = 40;
const [awaitedMs, lookMs] = [10_000, 10];
/** For an image that is fetched. */
const pullMs = 20_000;

interface Watched {
  readonly plan: Plan;
  phase: string;
  /** Where its interfaces are, once there are some. */
  vpcId: string | undefined;
  /** Events of the current phase. */
  readonly seen: Map<MomentEvent, number>;
  isOver: boolean;
}

/** In what the instances of jobs are called. */
const hosts = ['algo-1', 'algo-2', compilerHost] as const;

/** Parts of a daemon that let planned things happen to jobs at exact moments: calls fail, agents end or hang, the daemon is killed. */
export class Saboteur {
  readonly #dataDirectory: string;
  readonly #instances: string;
  readonly #jobs: ReadonlyMap<string, Watched>;

  constructor(dataDirectory: string, plans: readonly Plan[]) {
    this.#dataDirectory = dataDirectory;
    this.#instances = layout(dataDirectory).instances;
    this.#jobs = new Map(plans.map((plan) => [plan.job, { plan, phase: '', vpcId: undefined, seen: new Map(), isOver: false }]));
  }

  get parts(): Partial<DaemonParts> {
    return {
      // Jobs of other kinds than training have their kind in front of their name.
      journal: (journal, sagaId) => this.#journal(journal, basename(sagaId)),
      access: (access) => {
        return replacing(access, {
          authorise: (request) => {
            // The step's own questions: nothing else runs between its intent and its last question.
            for (const job of this.#inPhase('authorise-role')) this.#happens('authorising', job);
            return access.authorise(request);
          },
        });
      },
      registries: (whole) => ({
        ...whole,
        ec2: { ...whole.ec2, CreateNetworkInterface: this.#createInterface(whole.ec2['CreateNetworkInterface']) },
      }),
      network: (driver) => this.#network(driver),
      placement: (driver) => this.#placement(driver),
      containers: (driver) => this.#containers(driver),
      dataMounts: (driver) => this.#dataMounts(driver),
      tunnels: (driver) => this.#tunnels(driver),
    };
  }

  #journal(journal: Journal, job: string): Journal {
    const watched = this.#jobs.get(job);
    if (watched === undefined) return journal;
    const { plan } = watched;
    return {
      read: () => journal.read(),
      write: (entry) => {
        const phase = entry.state === 'undone' ? undoOf(entry.step) : entry.step;
        const isEnd = entry.state !== 'intent' && phase === plan.phase;
        if (isEnd && plan.kind === 'repeats') process.kill(process.pid, 'SIGKILL');
        if (isEnd && plan.moment.event === 'written' && plan.kind === 'fails') this.#fails(watched);
        journal.write(entry);
        if (isEnd) this.#happens('written', job);
        const phases = phasesOf[plan.saga];
        watched.phase = entry.state === 'intent' ? phase : (phases[phases.indexOf(phase) + 1] ?? '');
        watched.seen.clear();
      },
    };
  }

  #createInterface(operation: AnyOperation | undefined): AnyOperation {
    if (operation === undefined) throw new Error('there is CreateNetworkInterface');
    const jobOf = (description: unknown): string => /(?:training|compilation) job (?<job>[^:]+):/u.exec(String(description))?.groups?.['job'] ?? '';
    return {
      ...operation,
      commit: (input, context, prepared) => {
        this.#mayFail('interface-made', jobOf(input.Description));
        return operation.commit(input, context, prepared) as unknown;
      },
      after: (output, prepared, context) => {
        operation.after?.(output, prepared, context);
        const { Description, VpcId } = output.NetworkInterface as { Description: string; VpcId: string };
        const watched = this.#jobs.get(jobOf(Description));
        if (watched !== undefined) watched.vpcId = VpcId;
        this.#happens('interface-made', jobOf(Description));
      },
    };
  }

  #network(driver: NetworkDriver): NetworkDriver {
    const atRules = (ofVpc: string): void => {
      for (const { plan, phase, vpcId } of this.#jobs.values()) {
        if (phase !== plan.phase || vpcId !== ofVpc) continue;
        this.#mayFail('rules-applied', plan.job);
        this.#happens('rules-applied', plan.job);
      }
    };
    return replacing(driver, {
      apply: async (plan, options) => {
        await this.#untilAwaited(plan.vpcId);
        await driver.apply(plan, {
          ...options,
          afterStep: (step) => {
            if (step === 'rules') atRules(plan.vpcId);
          },
        });
      },
    });
  }

  /** A job that is to meet something while it waits for its network finds it not there yet. */
  async #untilAwaited(vpcId: string): Promise<void> {
    const isEarly = ({ plan, phase, vpcId: own }: Watched): boolean => {
      const phases = phasesOf[plan.saga];
      return own === vpcId && plan.phase === 'await-network' && phases.indexOf(phase) < phases.indexOf(plan.phase);
    };
    for (let waitedMs = 0; waitedMs < awaitedMs && [...this.#jobs.values()].some(isEarly); waitedMs += lookMs) await sleep(lookMs);
  }

  #placement(driver: PlacementDriver): PlacementDriver {
    return replacing(driver, {
      prepare: async (spec) => {
        const job = jobOfInstance(spec.instanceId);
        this.#mayFail('prepared', job);
        await this.#during('preparing', job, () => atWork.isVolumeHalfMade(spec.directory), driver.prepare(spec));
        this.#happens('prepared', job);
      },
      startAgent: async (spec, credentials) => this.#session(await driver.startAgent(spec, credentials), jobOfInstance(spec.instanceId)),
      release: async (instanceId, directory) => {
        const job = jobOfInstance(instanceId);
        this.#mayFail('released', job);
        await this.#during('releasing', job, () => atWork.isInstanceHalfReleased(directory), driver.release(instanceId, directory));
        this.#happens('released', job);
      },
    });
  }

  #session(session: AgentSession, job: string): AgentSession {
    return replacing(session, {
      order: async (order, signal, onProgress) => {
        this.#mayFail('ordered', job);
        const result = session.order(order, signal, onProgress);
        this.#happens('ordered', job);
        return await result;
      },
    });
  }

  #containers(driver: ContainerDriver): ContainerDriver {
    const later = (event: MomentEvent, job: string): void => this.#later(event, job);
    const happens = (event: MomentEvent, job: string): void => this.#happens(event, job);
    return replacing(driver, {
      hasImage: async (image) => {
        const isThere = await driver.hasImage(image);
        if (!isThere) this.#pulls(image);
        return isThere;
      },
      create: async (spec) => {
        const job = jobOfInstance(spec.name);
        this.#mayFail('creating', job);
        const before = containerIdsOf(this.#dataDirectory);
        await this.#during('creating', job, () => atWork.isContainerHalfMade(this.#dataDirectory, before), driver.create(spec));
      },
      start: async (name) => {
        this.#mayFail('starting', jobOfInstance(name));
        later('starting', jobOfInstance(name));
        await driver.start(name);
      },
      async *logs(name, fromLine, signal) {
        for await (const line of driver.logs(name, fromLine, signal)) {
          yield line;
          if (!name.endsWith('.algo-2')) happens('line', jobOfInstance(name));
        }
      },
      remove: async (name) => {
        const job = jobOfInstance(name);
        this.#mayFail('removed', job);
        later('removing', job);
        await driver.remove(name);
        this.#happens('removed', job);
      },
    });
  }

  /** Mounts are of instances, by their directories. */
  #dataMounts(driver: DataMountDriver): DataMountDriver {
    return replacing(driver, {
      mount: async (spec) => {
        const { directory } = spec;
        return await this.#during('mounting', jobOfInstance(basename(directory)), () => atWork.isDataHalfMounted(directory), driver.mount(spec));
      },
      release: async (directory) => {
        const job = jobOfInstance(basename(directory));
        this.#mayFail('unmounting', job);
        await this.#during('unmounting', job, () => atWork.isDataHalfReleased(directory), driver.release(directory));
      },
    });
  }

  #tunnels(driver: TunnelDriver): TunnelDriver {
    return replacing(driver, {
      open: async (ends) => {
        const job = jobOfInstance(basename(ends[0]?.directory ?? ''));
        this.#mayFail('tunnelled', job);
        const isOneMade = (): boolean => ends.some(({ directory }) => driver.isOpen(directory));
        const isOneBegun = (): boolean => ends.some(({ directory }) => atWork.isTunnelHalfMade(directory));
        await this.#during('tunnelling', job, isOneBegun, this.#during('tunnelled', job, isOneMade, driver.open(ends)));
      },
      close: async (end) => {
        const job = jobOfInstance(basename(end.directory));
        this.#mayFail('tunnel-closed', job);
        await driver.close(end);
        this.#happens('tunnel-closed', job);
      },
    });
  }

  /** A job's own image, whose name is the job's: nobody but the daemon itself calls who fetches it. */
  #pulls(image: string): void {
    const job = basename(image).split(':')[0] ?? '';
    if (!this.#awaits('pulling', job)) return;
    // Its agents fetch data meanwhile.
    const isHalfDone = (): boolean => this.#agentsOf(job).length === instancesOf('registry') && atWork.isImageHalfPulled(this.#dataDirectory);
    void this.#seen('pulling', job, isHalfDone, AbortSignal.timeout(pullMs));
  }

  #later(event: MomentEvent, job: string): void {
    setTimeout(() => this.#happens(event, job), atWorkMs);
  }

  /** Lets something happen as soon as it is seen that a call is half done. */
  async #during<T>(event: MomentEvent, job: string, isHalfDone: () => boolean, work: Promise<T>): Promise<T> {
    if (!this.#awaits(event, job)) return await work;
    const ended = new AbortController();
    const seen = this.#seen(event, job, isHalfDone, ended.signal);
    try {
      return await work;
    } finally {
      ended.abort();
      await seen;
    }
  }

  /** A moment that is never seen ends the daemon by an error, which its cell tells. */
  async #seen(event: MomentEvent, job: string, isHalfDone: () => boolean, signal: AbortSignal): Promise<void> {
    if (await atWork.until(isHalfDone, signal)) return this.#happens(event, job);
    setImmediate(() => {
      throw new Error(`${event} of ${job} was not seen`);
    });
  }

  /** Whether it matters when it happens. */
  #awaits(event: MomentEvent, job: string): boolean {
    const watched = this.#jobs.get(job);
    if (watched === undefined || watched.isOver) return false;
    const { plan, phase } = watched;
    return plan.phase === phase && plan.moment.event === event && !['fails', 'repeats'].includes(plan.kind);
  }

  #inPhase(phase: string): string[] {
    return [...this.#jobs.values()].filter((watched) => watched.phase === phase).map(({ plan }) => plan.job);
  }

  /** Called before the work of a call. The one that fails is the first of its phase; a step that goes on trying fails each time, what is taken back once. */
  #mayFail(event: MomentEvent, job: string): void {
    const watched = this.#jobs.get(job);
    if (watched === undefined || watched.plan.kind !== 'fails' || watched.phase !== watched.plan.phase) return;
    if (event === failingEventOf(watched.plan)) this.#fails(watched);
  }

  #fails(watched: Watched): void {
    if (watched.isOver) return;
    watched.isOver = watched.plan.phase.startsWith('undo ');
    throw new Planned();
  }

  #happens(event: MomentEvent, job: string): void {
    const watched = this.#jobs.get(job);
    if (watched === undefined || watched.isOver) return;
    const { plan, seen, phase } = watched;
    const times = (seen.get(event) ?? 0) + 1;
    seen.set(event, times);
    if (phase !== plan.phase || event !== plan.moment.event || times !== plan.moment.nth) return;
    if (event === 'authorising' && plan.kind === 'fails') this.#fails(watched);
    if (plan.kind === 'fails' || plan.kind === 'repeats') return;
    watched.isOver = true;
    if (plan.kind === 'agent' || plan.kind === 'both') this.#signalAgents(job, 'SIGKILL');
    if (plan.kind === 'hangs') this.#signalAgents(job, 'SIGSTOP');
    if (plan.kind === 'tunnel') this.#killTunnel(job);
    if (plan.kind === 'daemon' || plan.kind === 'both') process.kill(process.pid, 'SIGKILL');
  }

  #signalAgents(job: string, signal: 'SIGKILL' | 'SIGSTOP'): void {
    const pids = this.#agentsOf(job);
    if (pids.length === 0) throw new Error(`no agent of ${job} lives`);
    for (const pid of pids) process.kill(pid, signal);
  }

  /** All that live; by their state files, which say who they are. */
  #agentsOf(job: string): number[] {
    return hosts.flatMap((host) => {
      try {
        const { agentState } = instanceLayout(join(this.#instances, `${job}.${host}`));
        const { process: agent } = JSON.parse(readFileSync(agentState, 'utf8')) as { process?: ProcessIdentity };
        return agent !== undefined && isAlive(agent) ? [agent.pid] : [];
      } catch {
        // There is no such instance, or no more.
        return [];
      }
    });
  }

  /** The end of its first instance. */
  #killTunnel(job: string): void {
    const { tunnelProgram } = instanceLayout(join(this.#instances, `${job}.${hosts[0]}`));
    const found = processesOf(this.#dataDirectory).filter(({ what }) => what.startsWith(`${tunnelProgram} `));
    if (found.length === 0) throw new Error(`${tunnelProgram} does not run`);
    for (const { pid } of found) process.kill(pid, 'SIGKILL');
  }
}

/** Which call fails where a plan says that the step does. */
function failingEventOf({ phase, moment }: Plan): MomentEvent {
  if (phase === 'stage-instances' || phase === 'stage-model') return 'creating';
  if (phase === 'train-instances' || phase === 'compile-model') return 'starting';
  return moment.event;
}

/** `JOB.algo-N`; names of jobs hold no dot. */
const jobOfInstance = (instanceId: string): string => instanceId.split('.')[0] ?? '';
