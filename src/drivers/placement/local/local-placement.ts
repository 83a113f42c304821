import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentCredentials, AgentSettings } from '../../../model/job/agent-orders.ts';
import { instanceLayout } from '../../../model/job/instance-layout.ts';
import { assert } from '../../../stdx/assert.ts';
import { DeadlineExceeded } from '../../../stdx/deadline.ts';
import type { Random } from '../../../stdx/random.ts';
import type { Capability } from '../../network/network-driver.ts';
import { AgentLost, type AgentSession, type InstanceSpec, type PlacementDriver, type VolumeUse } from '../placement-driver.ts';
import { compileAgent } from './agent-code.ts';
import { AgentLink } from './agent-link.ts';
import { identify, isAlive, type ProcessIdentity } from '../../process/process-identity.ts';
import { end, findByCommandLine } from '../../process/end-process.ts';
import { findAgentProgram, type AgentProgram } from './agent-program.ts';
import { agentPaths, startAgentSandbox } from './agent-sandbox.ts';
import { makeInstanceDirectory } from './instance-directory.ts';
import { makeVolume, unmountBelow, volumeUse } from './instance-volume.ts';
import { placementCapabilities } from './placement-capabilities.ts';

export interface LocalPlacementOptions {
  /** The folder in which the directories of all instances are. */
  readonly root: string;
  readonly random: Random;
  /** How long an agent lives without a daemon, ms. */
  readonly agentOrphanMs?: number;
  /** How often an agent that has orders is asked whether it is there, ms. */
  readonly agentPingMs?: number;
}

const agentOrphanMsDefault = 60_000;
const agentPingMsDefault = 5_000;
/** An agent looks for its daemon once a second. */
const adoptMs = 4_000;
/** From the start of the program to its first word. */
const helloMs = 20_000;

interface AgentState {
  readonly agentId: string;
  readonly process?: ProcessIdentity;
}

interface RunningAgent {
  readonly link: AgentLink;
  readonly state: AgentState;
}

/** Instances on this machine: a directory each, and an agent in a sandbox of its own. */
export class LocalPlacement implements PlacementDriver {
  readonly #options: LocalPlacementOptions;
  readonly #program: AgentProgram = findAgentProgram();
  readonly #running = new Map<string, RunningAgent>();
  #compiled: string | undefined;

  constructor(options: LocalPlacementOptions) {
    this.#options = options;
    mkdirSync(options.root, { recursive: true, mode: 0o700 });
  }

  capabilities(): Promise<readonly Capability[]> {
    return placementCapabilities();
  }

  /** Agents that start afterwards need not compile their code. `cache` is a folder that daemons of this machine share. */
  async compileAgent(cache: string): Promise<void> {
    this.#compiled = await compileAgent(this.#program, cache);
  }

  async prepare(spec: InstanceSpec): Promise<void> {
    assert(spec.directory.startsWith(`${this.#options.root}/`), "directories of instances are in the placement's root");
    await makeInstanceDirectory(spec);
  }

  async startAgent(spec: InstanceSpec, credentials: () => Promise<AgentCredentials>): Promise<AgentSession> {
    const known = this.#running.get(spec.directory);
    if (known?.link.isConnected === true) return this.#session(spec, known);
    if (known !== undefined) {
      // We saw it end its connection: it is not coming back, though it may still be there for a moment.
      known.link.close();
      await endAgents(spec.directory);
    }
    const link = await AgentLink.listen(spec, credentials, this.#options.agentPingMs ?? agentPingMsDefault);
    try {
      const state = (await this.#adopt(spec, link)) ?? (await this.#start(spec, link));
      const running = { link, state };
      this.#running.set(spec.directory, running);
      return this.#session(spec, running);
    } catch (error) {
      link.close();
      throw error;
    }
  }

  findAgent(directory: string): Promise<{ readonly pid: number; readonly alive: boolean } | undefined> {
    const found = readState(directory)?.process;
    return Promise.resolve(found === undefined ? undefined : { pid: found.pid, alive: isAlive(found) });
  }

  async volumeUse(directory: string): Promise<VolumeUse | undefined> {
    return await volumeUse(directory);
  }

  async release(_instanceId: string, directory: string): Promise<void> {
    this.#running.get(directory)?.link.close();
    this.#running.delete(directory);
    await endAgents(directory);
    await unmountBelow(directory);
    await rm(directory, { recursive: true, force: true });
  }

  async purge(): Promise<readonly string[]> {
    const { root } = this.#options;
    const directories = readdirSync(root).map((name) => join(root, name));
    for (const { link } of this.#running.values()) link.close();
    this.#running.clear();
    // Also those whose directory is gone.
    const agents = findByCommandLine(`"directory":${JSON.stringify(`${root}/`).slice(0, -1)}`);
    for (const agent of agents) await end(agent);
    for (const directory of directories) await this.release('', directory);
    return [...agents.map(({ pid }) => `agent ${pid}`), ...directories.map((path) => `instance directory ${path}`)];
  }

  detach(): void {
    for (const { link } of this.#running.values()) link.close();
    this.#running.clear();
  }

  /** The agent that an earlier daemon started, when it still runs and comes back. */
  async #adopt(spec: InstanceSpec, link: AgentLink): Promise<AgentState | undefined> {
    const state = readState(spec.directory);
    if (state?.process === undefined || !isAlive(state.process)) return undefined;
    link.expect(state.agentId);
    try {
      await link.connected('adoptMs', adoptMs);
      return state;
    } catch (error) {
      if (error instanceof DeadlineExceeded) return undefined;
      throw error;
    }
  }

  async #start(spec: InstanceSpec, link: AgentLink): Promise<AgentState> {
    await endAgents(spec.directory);
    // The machine may have been started anew since it was prepared.
    await makeVolume(spec);
    const agentId = this.#options.random.uuid();
    link.expect(agentId);
    const settings: AgentSettings = {
      instanceId: spec.instanceId,
      agentId,
      directory: spec.directory,
      region: spec.region,
      nameServers: spec.nameServers,
      socketPath: agentPaths.socket,
      mlPath: agentPaths.ml,
      peersPath: agentPaths.peers,
      listsPath: agentPaths.lists,
      certificateAuthoritiesPath: agentPaths.certificateAuthorities,
      orphanMs: this.#options.agentOrphanMs ?? agentOrphanMsDefault,
    };
    const found = identify(await startAgentSandbox(spec, settings, { program: this.#program, compiled: this.#compiled }));
    const state: AgentState = { agentId, ...(found !== undefined && { process: found }) };
    writeState(spec.directory, state);
    try {
      await link.connected('helloMs', helloMs);
    } catch (error) {
      await endAgents(spec.directory);
      if (!(error instanceof DeadlineExceeded)) throw error;
      throw new AgentLost(
        spec.instanceId,
        `it said nothing within ${helloMs} ms: ${readFileSync(instanceLayout(spec.directory).agentLog, 'utf8').slice(-2_000)}`,
      );
    }
    return state;
  }

  #session(spec: InstanceSpec, { link, state }: RunningAgent): AgentSession {
    return {
      order: (order, signal, options) => link.order(order, signal, options),
      stop: async () => {
        link.close();
        if (this.#running.get(spec.directory)?.link === link) this.#running.delete(spec.directory);
        if (state.process !== undefined) await end(state.process);
      },
    };
  }
}

/** Ends every agent of the instance, also one that was started just before its daemon was killed. */
async function endAgents(directory: string): Promise<void> {
  const state = readState(directory);
  if (state?.process !== undefined) await end(state.process);
  for (const stray of findByCommandLine(`"directory":${JSON.stringify(directory)},`)) await end(stray);
  rmSync(instanceLayout(directory).agentState, { force: true });
}

function readState(directory: string): AgentState | undefined {
  try {
    return JSON.parse(readFileSync(instanceLayout(directory).agentState, 'utf8')) as AgentState;
  } catch {
    return undefined;
  }
}

function writeState(directory: string, state: AgentState): void {
  const { agentState } = instanceLayout(directory);
  writeFileSync(`${agentState}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${agentState}.new`, agentState);
}
