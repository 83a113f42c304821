import { assert } from '../../../stdx/assert.ts';
import type { HeldNamespace, HeldRuleset } from '../../../model/network/held.ts';
import type { EdgePlan, LinkPlan, VpcPlan } from '../../../model/network/plan.ts';
import { endMembers } from '../../process/namespace-members.ts';
import { ProcessError, run } from '../../process/process.ts';
import {
  type ApplyOptions,
  type Capability,
  type Counter,
  type Drop,
  edgeOwner,
  type NamespaceOwner,
  type NetworkDriver,
  type ProbeOutcome,
  type ProbePacket,
} from '../network-driver.ts';
import { networkCapabilities } from './capabilities.ts';
import { innerSide, linkCommands, routerSide, routingChanges } from './changes.ts';
import { readCounters, readDrops } from './counted.ts';
import { ensureEdge, joinEdge, leadsToEdge } from './edge.ts';
import { listRuleset, readHeldNamespace } from './held-namespace.ts';
import { readHeldRuleset } from './held-ruleset.ts';
import { InheritedFlows } from './inherited-flows.ts';
import type { KernelCommand } from './kernel-command.ts';
import { emptyRouter, readRouter, type RouterState, stateOf } from './kernel-state.ts';
import { KernelCommandError, KernelThread } from './kernel-thread.ts';
import {
  isNamespace,
  listNamespaces,
  listRecords,
  namespaceName,
  namespacePath,
  readRecord,
  removeEmptyName,
  removeRecord,
  removeRecords,
  writeRecord,
} from './namespaces.ts';
import { changeTransaction, wholeTransaction } from './rules.ts';
import { sendProbe } from './send-probe.ts';
import { available } from './settings.ts';
import { Tools } from './tools.ts';
import { MachineUplink } from './uplink.ts';

/** A plan older than what the kernel holds. The caller's view of the world is stale. */
export class StalePlanError extends Error {
  override readonly name = 'StalePlanError';
}

export interface LinuxNetworkDriverOptions {
  /** Namespaces are called `PREFIX-v1`, `PREFIX-e17`, `PREFIX-s3`. One data directory, one prefix. */
  readonly prefix: string;
  readonly run?: typeof run;
  /** Shared by drivers of one process; each has its own otherwise. */
  readonly kernel?: Pick<KernelThread, 'run'>;
}

/** Namespaces of one order to the kernel: others get their turn between two orders. */
const namespacesPerOrder = 32;

/** What this driver brought a VPC to by its own work, so that the next change starts from it without a look. */
interface Applied {
  readonly plan: VpcPlan;
  readonly flows: InheritedFlows;
}

/** One application of a plan: what is there, and what of the plan is not. */
interface Change {
  readonly plan: VpcPlan;
  readonly router: string;
  readonly state: RouterState;
  readonly before: VpcPlan | undefined;
  readonly flows: InheritedFlows;
  /** Links that the router does not have, and those that are not open at both ends. */
  readonly newLinks: readonly LinkPlan[];
  readonly closedLinks: readonly LinkPlan[];
  readonly done: (step: string) => void;
}

/**
 * A VPC in network namespaces of this machine. `apply` computes the difference to what the router holds (as this driver
 * left it, or else as the kernel says) and makes it, in an order in which nothing passes that the plan does not allow: new
 * namespaces, their links (down), the rules in one transaction, routes, listeners, and last the links' inner ends.
 */
export class LinuxNetworkDriver implements NetworkDriver {
  readonly uplink: MachineUplink;
  readonly #prefix: string;
  readonly #tools: Tools;
  readonly #runProgram: typeof run;
  readonly #kernel: Pick<KernelThread, 'run'>;
  readonly #applied = new Map<number, Applied>();
  #scratches = 0;
  #edgeIsThere = false;
  readonly #queues = new Map<number, Promise<unknown>>();

  constructor(options: LinuxNetworkDriverOptions) {
    assert(/^[a-z][a-z0-9]{0,30}$/.test(options.prefix), 'a prefix is lower-case letters and digits');
    this.#prefix = options.prefix;
    this.#runProgram = options.run ?? run;
    this.#tools = new Tools(this.#runProgram);
    this.#kernel = options.kernel ?? new KernelThread();
    this.uplink = new MachineUplink(options.prefix, this.#runProgram, this.#kernel, async (ruleset) => void (await this.wouldHold(ruleset)));
  }

  async capabilities(): Promise<readonly Capability[]> {
    return networkCapabilities(this.#runProgram, this.#kernel, this.#prefix);
  }

  namespacePath(owner: NamespaceOwner): string {
    return namespacePath(namespaceName(this.#prefix, owner));
  }

  async apply(plan: VpcPlan, options: ApplyOptions = {}): Promise<void> {
    await this.#inOrder(plan.number, () => this.#apply(plan, options));
  }

  async remove(vpcNumber: number): Promise<void> {
    await this.#inOrder(vpcNumber, () => this.#remove(vpcNumber));
  }

  async ensureEdge(plan: EdgePlan, { verify }: Pick<ApplyOptions, 'verify'> = {}): Promise<void> {
    const edge = namespaceName(this.#prefix, edgeOwner);
    if (this.#edgeIsThere && verify !== true && (await isNamespace(edge))) return;
    await ensureEdge(this.#tools, this.#kernel, edge, plan, available(plan.settings));
    await (plan.uplink === undefined ? this.uplink.remove() : this.uplink.ensure(this.#tools, edge, plan.uplink));
    this.#edgeIsThere = true;
  }

  async removeEdge(): Promise<boolean> {
    const edge = namespaceName(this.#prefix, edgeOwner);
    this.#edgeIsThere = false;
    await this.uplink.remove();
    const isThere = await isNamespace(edge);
    await this.#deleteNamespaces([edge]);
    return isThere;
  }

  async edgeDrops(): Promise<readonly Drop[]> {
    const edge = namespaceName(this.#prefix, edgeOwner);
    return (await isNamespace(edge)) ? readDrops(this.#tools, edge) : [];
  }

  async listVpcs(): Promise<readonly number[]> {
    const routers = (await listNamespaces(this.#prefix)).flatMap((name) => {
      const number = name.slice(this.#prefix.length + 1);
      return number.startsWith('v') ? [Number(number.slice(1))] : [];
    });
    return [...new Set([...routers, ...(await listRecords(this.#prefix))])].sort((a, b) => a - b);
  }

  async counters(vpcNumber: number): Promise<readonly Counter[]> {
    const router = this.#router(vpcNumber);
    return (await isNamespace(router)) ? readCounters(this.#tools, router) : [];
  }

  async drops(vpcNumber: number): Promise<readonly Drop[]> {
    const router = this.#router(vpcNumber);
    return (await isNamespace(router)) ? readDrops(this.#tools, router) : [];
  }

  async probe(owner: NamespaceOwner, packet: ProbePacket): Promise<ProbeOutcome> {
    return await sendProbe(this.namespacePath(owner), packet);
  }

  async held(owner: NamespaceOwner): Promise<HeldNamespace | undefined> {
    const name = namespaceName(this.#prefix, owner);
    return (await isNamespace(name)) ? readHeldNamespace(this.#tools, name) : undefined;
  }

  async wouldHold(ruleset: string): Promise<HeldRuleset> {
    this.#scratches += 1;
    // A purge knows these names; none is used twice.
    const namespace = `${this.#prefix}-check${process.pid}${String(this.#scratches).padStart(9, '0')}`;
    await this.#kernel.run([{ do: 'add-namespace', namespace }]);
    try {
      await this.#tools.nft(namespace, ruleset);
      return readHeldRuleset(await listRuleset(this.#tools, namespace));
    } finally {
      await this.#deleteNamespaces([namespace]);
    }
  }

  async purge(): Promise<readonly string[]> {
    const names = await listNamespaces(this.#prefix);
    for (const { flows } of this.#applied.values()) await flows.settled();
    await this.uplink.remove();
    // Whoever lives in one keeps its link alive.
    await Promise.all(names.map(async (name) => await endMembers(namespacePath(name))));
    await this.#deleteNamespaces(names);
    await removeRecords(this.#prefix);
    this.#applied.clear();
    this.#edgeIsThere = false;
    return names;
  }

  /** One change of a VPC at a time. */
  async #inOrder(vpcNumber: number, work: () => Promise<void>): Promise<void> {
    const before = this.#queues.get(vpcNumber) ?? Promise.resolve();
    const result = before.then(work, work);
    this.#queues.set(vpcNumber, result);
    try {
      await result;
    } finally {
      if (this.#queues.get(vpcNumber) === result) this.#queues.delete(vpcNumber);
    }
  }

  #router(number: number): string {
    return namespaceName(this.#prefix, { kind: 'vpc', number });
  }

  async #apply(plan: VpcPlan, options: ApplyOptions): Promise<void> {
    const record = await readRecord(this.#prefix, plan.number);
    if (record !== undefined && plan.generation < record.generation) {
      throw new StalePlanError(`${plan.vpcId}: generation ${plan.generation} is older than ${record.generation}, which is applied`);
    }
    const router = this.#router(plan.number);
    const names = [router, ...plan.links.map((link) => this.#inside(link))];
    // A plan of the same generation is the same plan: every change of a VPC raises it.
    if (record?.isWhole === true && record.generation === plan.generation && options.verify !== true && (await this.#allThere(names))) return;
    const namespaces = [...new Set([...(record?.namespaces ?? []), ...names])];
    await writeRecord(this.#prefix, plan.number, { generation: plan.generation, isWhole: false, namespaces });
    const applied = options.verify === true || record?.isWhole !== true ? undefined : this.#applied.get(plan.number);
    this.#applied.delete(plan.number);
    const kept = new Set(names);
    const gone = namespaces.filter((name) => !kept.has(name));
    const flows = applied === undefined ? await this.#changeAnything(plan, gone, options) : await this.#changeApplied(plan, gone, options, applied);
    await writeRecord(this.#prefix, plan.number, { generation: plan.generation, isWhole: true, namespaces: names });
    this.#applied.set(plan.number, { plan, flows });
  }

  /** From what this driver left. Somebody else may have changed it since: then from what the kernel holds. */
  async #changeApplied(plan: VpcPlan, gone: readonly string[], options: ApplyOptions, { plan: before, flows }: Applied): Promise<InheritedFlows> {
    try {
      await this.#change(changeOf(plan, this.#router(plan.number), stateOf(before), before, flows, options), gone, options);
      return flows;
    } catch (error) {
      if (!(error instanceof ProcessError || error instanceof KernelCommandError)) throw error;
      await flows.settled();
      return await this.#changeAnything(plan, gone, options);
    }
  }

  async #changeAnything(plan: VpcPlan, gone: readonly string[], options: ApplyOptions): Promise<InheritedFlows> {
    const router = this.#router(plan.number);
    const state = (await isNamespace(router)) ? await readRouter(this.#tools, router) : emptyRouter;
    const flows = new InheritedFlows(this.#tools, router, state === emptyRouter);
    await this.#change(changeOf(plan, router, state, undefined, flows, options), gone, options);
    return flows;
  }

  async #change(change: Change, gone: readonly string[], { beforeLinksUp }: ApplyOptions): Promise<void> {
    const { plan, router, state, before, closedLinks, newLinks, flows, done } = change;
    await this.#makeNamespaces(change);
    done('namespaces');
    await this.#makeLinks(change);
    done('links');
    await this.#tools.nft(router, rulesOf(change));
    // Before any link opens: a flow that begins without them is not counted.
    if (before === undefined) await this.#kernel.run(settingCommands(router, plan.router.trackingSettings));
    await this.#changeInsides(change);
    done('rules');
    await flows.give(interfaceAddresses(newLinks));
    const { put, rules, deleted } = routingChanges(router, plan.router, state);
    await this.#kernel.run([{ do: 'open-link', namespace: router, link: 'lo' }, ...closedLinks.flatMap((link) => routerSide(router, link)), ...put]);
    await this.#tools.batch(router, rules);
    await this.#kernel.run(deleted);
    done('routes');
    await beforeLinksUp?.();
    done('listeners');
    // When it is not known what is there, what somebody took away inside an open one comes back, too.
    await this.#inOrders(before === undefined ? plan.links : closedLinks, (link) => innerSide(this.#inside(link), link));
    await this.#joinEdge(change);
    done('links-up');
    await this.#removeLinks(change, gone);
    done('removed');
  }

  async #allThere(names: readonly string[]): Promise<boolean> {
    const there = await Promise.all(names.map((name) => isNamespace(name)));
    return there.every(Boolean);
  }

  #inside(link: LinkPlan): string {
    return namespaceName(this.#prefix, link.owner);
  }

  /** A namespace whose link the router does not have is made anew: what is left in it leads nowhere. */
  async #makeNamespaces({ plan, router, before, newLinks }: Change): Promise<void> {
    const fresh = newLinks.map((link) => this.#inside(link));
    await this.#deleteNamespaces(fresh);
    const commands: KernelCommand[] = [];
    if (before === undefined) {
      if (!(await isNamespace(router))) {
        await removeEmptyName(router);
        commands.push({ do: 'add-namespace', namespace: router });
      }
      // Links take these settings when they are made.
      commands.push(...settingCommands(router, available(plan.router.settings)));
    }
    await this.#kernel.run(commands);
    await this.#inOrders(fresh, (namespace) => [{ do: 'add-namespace', namespace }]);
  }

  async #makeLinks({ router, newLinks, closedLinks }: Change): Promise<void> {
    const fresh = new Set(newLinks);
    await this.#inOrders(closedLinks, (link) =>
      linkCommands(router, this.#inside(link), { ...link, settings: available(link.settings) }, fresh.has(link)),
    );
    for (const link of closedLinks) if (link.insideRuleset !== undefined) await this.#tools.nft(this.#inside(link), link.insideRuleset);
  }

  /** Rules inside namespaces that are open already. When it is not known what is there, what somebody took away comes back, too. */
  async #changeInsides({ plan, before, closedLinks }: Change): Promise<void> {
    const were = new Map(before?.links.map((link) => [link.link, link.insideRuleset]));
    const changed = plan.links.filter((link) => link.insideRuleset !== undefined && were.get(link.link) !== link.insideRuleset);
    for (const link of changed) if (!closedLinks.includes(link)) await this.#tools.nft(this.#inside(link), link.insideRuleset ?? '');
  }

  async #joinEdge({ plan, before, newLinks }: Change): Promise<void> {
    const edge = namespaceName(this.#prefix, edgeOwner);
    for (const link of plan.links.filter(leadsToEdge)) {
      const was = before?.links.find(({ link: name }) => name === link.link);
      const isJoined = !newLinks.includes(link) && JSON.stringify(was?.edge) === JSON.stringify(link.edge);
      if (!isJoined) await joinEdge(this.#tools, this.#kernel, edge, this.#inside(link), link);
    }
  }

  /** Rules and routes of these are gone already. A link disappears with its namespace, and stays shut if something still lives in there. */
  async #removeLinks({ plan, router, before, state, flows }: Change, namespaces: readonly string[]): Promise<void> {
    const kept = new Set(plan.links.map((link) => link.link));
    const gone = state.links.filter((link) => !kept.has(link.name)).map((link) => link.name);
    await this.#kernel.run(gone.map((link) => ({ do: 'close-link', namespace: router, link })));
    await this.#deleteNamespaces([...namespaces, ...gone.map((link) => `${this.#prefix}-${link}`)]);
    flows.takeBack(interfaceAddresses((before?.links ?? []).filter((link) => !kept.has(link.link))));
  }

  async #remove(vpcNumber: number): Promise<void> {
    const router = this.#router(vpcNumber);
    const record = await readRecord(this.#prefix, vpcNumber);
    await this.#applied.get(vpcNumber)?.flows.settled();
    const links = (await isNamespace(router)) ? await this.#tools.list<{ ifname: string }>(router, 'link', 'show') : [];
    const inner = links.filter((link) => link.ifname !== 'lo').map((link) => `${this.#prefix}-${link.ifname}`);
    const names = [...new Set([...(record?.namespaces ?? []), ...inner])].filter((name) => name !== router);
    await this.#deleteNamespaces([...names, router]);
    this.#applied.delete(vpcNumber);
    await removeRecord(this.#prefix, vpcNumber);
  }

  async #deleteNamespaces(names: readonly string[]): Promise<void> {
    const mounted: string[] = [];
    for (const name of new Set(names)) {
      if (await isNamespace(name)) mounted.push(name);
      else await removeEmptyName(name);
    }
    await this.#inOrders(mounted, (namespace) => [{ do: 'delete-namespace', namespace }]);
  }

  async #inOrders<T>(items: readonly T[], commandsOf: (item: T) => readonly KernelCommand[]): Promise<void> {
    for (let at = 0; at < items.length; at += namespacesPerOrder) {
      await this.#kernel.run(items.slice(at, at + namespacesPerOrder).flatMap(commandsOf));
    }
  }
}

function changeOf(
  plan: VpcPlan,
  router: string,
  state: RouterState,
  before: VpcPlan | undefined,
  flows: InheritedFlows,
  { afterStep }: ApplyOptions,
): Change {
  const carriers = new Map(state.links.map((link) => [link.name, link.carrier]));
  return {
    plan,
    router,
    state,
    before,
    flows,
    newLinks: plan.links.filter((link) => !carriers.has(link.link)),
    closedLinks: plan.links.filter((link) => carriers.get(link.link) !== true),
    done: (step) => afterStep?.(step),
  };
}

/** What changed, when it is known what was there; else everything. */
function rulesOf({ plan, before, state }: Change): string {
  const { ruleset } = plan.router;
  const changes = before === undefined ? undefined : changeTransaction(before.router.ruleset, ruleset);
  return changes ?? wholeTransaction(ruleset, state.objects);
}

const interfaceAddresses = (links: readonly LinkPlan[]): string[] =>
  links.filter((link) => link.owner.kind === 'network-interface').map((link) => link.address);

const settingCommands = (namespace: string, settings: readonly string[]): KernelCommand[] =>
  settings.map((setting) => ({ do: 'set', namespace, setting }));
