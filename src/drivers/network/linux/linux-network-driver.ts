import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { assert } from '../../../stdx/assert.ts';
import type { LinkPlan, VpcPlan } from '../../../model/network/plan.ts';
import { run } from '../../process/process.ts';
import type { ApplyOptions, Capability, Counter, Drop, NamespaceOwner, NetworkDriver } from '../network-driver.ts';
import { networkCapabilities } from './capabilities.ts';
import { routerSide, routingChanges, rulesTransaction } from './changes.ts';
import { readCounters, readDrops } from './counted.ts';
import { emptyRouter, readRouter, type RouterState, stateOf } from './kernel-state.ts';
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
  type VpcRecord,
  writeRecord,
} from './namespaces.ts';
import { Tools } from './tools.ts';

/** A plan older than what the kernel holds. The caller's view of the world is stale. */
export class StalePlanError extends Error {
  override readonly name = 'StalePlanError';
}

export interface LinuxNetworkDriverOptions {
  /** Namespaces are called `PREFIX-v1`, `PREFIX-e17`, `PREFIX-s3`. One data directory, one prefix. */
  readonly prefix: string;
  readonly run?: typeof run;
}

/** How many namespaces are worked on at once. */
const concurrentNamespacesMax = 4;

/**
 * A VPC in network namespaces of this machine. `apply` reads what the router holds, computes the difference and makes
 * it, in an order in which nothing passes that the plan does not allow: new namespaces, their links (down), the rules
 * in one transaction, routes, listeners, and last the links' inner ends.
 */
export class LinuxNetworkDriver implements NetworkDriver {
  readonly #prefix: string;
  readonly #tools: Tools;
  readonly #runProgram: typeof run;
  /** What was applied last, by hash: saves reading the kernel before the next change. */
  readonly #applied = new Map<number, { readonly hash: string; readonly state: RouterState }>();
  readonly #queues = new Map<number, Promise<unknown>>();

  constructor(options: LinuxNetworkDriverOptions) {
    assert(/^[a-z][a-z0-9]{0,30}$/.test(options.prefix), 'a prefix is lower-case letters and digits');
    this.#prefix = options.prefix;
    this.#runProgram = options.run ?? run;
    this.#tools = new Tools(this.#runProgram);
  }

  async capabilities(): Promise<readonly Capability[]> {
    return networkCapabilities(this.#runProgram, this.#prefix);
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

  async purge(): Promise<readonly string[]> {
    const names = await listNamespaces(this.#prefix);
    await this.#deleteNamespaces(names);
    await removeRecords(this.#prefix);
    this.#applied.clear();
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

  async #apply(plan: VpcPlan, { beforeLinksUp, afterStep, verify }: ApplyOptions): Promise<void> {
    const done = (step: string): void => afterStep?.(step);
    const router = this.#router(plan.number);
    const names = [router, ...plan.links.map((link) => namespaceName(this.#prefix, link.owner))];
    const record = await readRecord(this.#prefix, plan.number);
    const hash = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
    if (record !== undefined && plan.generation < record.generation) {
      throw new StalePlanError(`${plan.vpcId}: generation ${plan.generation} is older than ${record.generation}, which is applied`);
    }
    if (record?.appliedHash === hash && verify !== true && (await this.#allThere(names))) return;
    const namespaces = [...new Set([...(record?.namespaces ?? []), ...names])];
    await writeRecord(this.#prefix, plan.number, { generation: plan.generation, appliedHash: '', namespaces });

    const state = await this.#stateBefore(plan.number, router, verify === true ? undefined : record);
    this.#applied.delete(plan.number);
    const known = new Set(state.links.map((link) => link.name));
    const newLinks = plan.links.filter((link) => !known.has(link.link));
    const closedLinks = plan.links.filter((link) => !state.links.some((existing) => existing.name === link.link && existing.carrier));

    await this.#makeNamespaces(router, newLinks);
    done('namespaces');
    await this.#makeLinks(plan, router, newLinks, closedLinks);
    done('links');
    await this.#tools.nft(router, rulesTransaction(plan.router.ruleset, state.objects));
    done('rules');
    const opened = state === emptyRouter ? [] : interfaceAddresses(newLinks);
    await Promise.all([
      this.#tools.forgetFlows(router, opened),
      this.#tools.batch(router, ['link set lo up', ...closedLinks.flatMap(routerSide), ...routingChanges(plan.router, state)]),
    ]);
    done('routes');
    await beforeLinksUp?.();
    done('listeners');
    await this.#eachNamespace(closedLinks, (name, link) => this.#tools.batch(name, link.inside));
    done('links-up');
    await this.#removeLinks(
      plan,
      router,
      state,
      namespaces.filter((name) => !names.includes(name)),
    );
    done('removed');
    await writeRecord(this.#prefix, plan.number, { generation: plan.generation, appliedHash: hash, namespaces: names });
    this.#applied.set(plan.number, { hash, state: stateOf(plan) });
  }

  /** From memory when this driver applied what the record says and all of it is there; else from the kernel. */
  async #stateBefore(vpcNumber: number, router: string, record: VpcRecord | undefined): Promise<RouterState> {
    if (!(await isNamespace(router))) return emptyRouter;
    const applied = this.#applied.get(vpcNumber);
    const isLast = record !== undefined && applied !== undefined && applied.hash === record.appliedHash;
    return isLast && (await this.#allThere(record.namespaces)) ? applied.state : readRouter(this.#tools, router);
  }

  async #allThere(names: readonly string[]): Promise<boolean> {
    const there = await Promise.all(names.map((name) => isNamespace(name)));
    return there.every(Boolean);
  }

  /** A namespace whose link the router does not have is made anew: what is left in it leads nowhere. */
  async #makeNamespaces(router: string, newLinks: readonly LinkPlan[]): Promise<void> {
    const fresh = newLinks.map((link) => namespaceName(this.#prefix, link.owner));
    await this.#deleteNamespaces(fresh);
    if (!(await isNamespace(router))) {
      await removeEmptyName(router);
      fresh.unshift(router);
    }
    await this.#tools.hostBatch(fresh.map((name) => `netns add ${name}`));
  }

  async #makeLinks(plan: VpcPlan, router: string, newLinks: readonly LinkPlan[], closedLinks: readonly LinkPlan[]): Promise<void> {
    // Links take these settings when they are made.
    await this.#tools.sysctl(router, available(plan.router.settings));
    await this.#tools.hostBatch(
      newLinks.map((link) => {
        const inner = namespaceName(this.#prefix, link.owner);
        return `link add name ${link.link} address ${link.routerMac} netns ${router} type veth peer name eth0 address ${link.mac} netns ${inner}`;
      }),
    );
    await this.#eachNamespace(closedLinks, async (name, link) => {
      await this.#tools.sysctl(name, available(link.settings));
      if (link.insideRuleset !== undefined) await this.#tools.nft(name, link.insideRuleset);
    });
  }

  /** Rules and routes of these are gone already. A link disappears with its namespace, and stays shut if something still lives in there. */
  async #removeLinks(plan: VpcPlan, router: string, state: RouterState, namespaces: readonly string[]): Promise<void> {
    const kept = new Set(plan.links.map((link) => link.link));
    const gone = state.links.filter((link) => !kept.has(link.name));
    await this.#tools.batch(
      router,
      gone.map((link) => `link set dev ${link.name} down`),
    );
    await this.#deleteNamespaces([...namespaces, ...gone.map((link) => `${this.#prefix}-${link.name}`)]);
  }

  async #remove(vpcNumber: number): Promise<void> {
    const router = this.#router(vpcNumber);
    const record = await readRecord(this.#prefix, vpcNumber);
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
    await this.#tools.hostBatch(mounted.map((name) => `netns del ${name}`));
  }

  async #eachNamespace(links: readonly LinkPlan[], work: (name: string, link: LinkPlan) => Promise<void>): Promise<void> {
    const waiting = links.values();
    const worker = async (): Promise<void> => {
      for (const link of waiting) await work(namespaceName(this.#prefix, link.owner), link);
    };
    await Promise.all(Array.from({ length: concurrentNamespacesMax }, worker));
  }
}

const interfaceAddresses = (links: readonly LinkPlan[]): string[] =>
  links.filter((link) => link.owner.kind === 'network-interface').map((link) => link.address);

/** A kernel started without IPv6 has no settings for it, and needs none. */
function available(settings: readonly string[]): string[] {
  const hasIpv6 = existsSync('/proc/sys/net/ipv6/conf');
  return settings.filter((setting) => hasIpv6 || !setting.startsWith('net.ipv6.'));
}
