import type { EdgeLinkPlan, EdgePlan, LinkPlan } from '../../../model/network/plan.ts';
import { linkEndpoint } from '../../../model/network/reserved.ts';
import type { KernelCommand, KernelRoute } from './kernel-command.ts';
import type { KernelThread } from './kernel-thread.ts';
import { readRouter } from './kernel-state.ts';
import { isNamespace, removeEmptyName } from './namespaces.ts';
import { wholeTransaction } from './rules.ts';
import type { Tools } from './tools.ts';

type Kernel = Pick<KernelThread, 'run'>;

/** The namespace that is the internet. Its rules are there before anything leads to it. */
export async function ensureEdge(tools: Tools, kernel: Kernel, namespace: string, plan: EdgePlan, settings: readonly string[]): Promise<void> {
  if (!(await isNamespace(namespace))) {
    await removeEmptyName(namespace);
    await kernel.run([{ do: 'add-namespace', namespace }]);
  }
  const { objects } = await readRouter(tools, namespace);
  await tools.nft(namespace, wholeTransaction(plan.ruleset, objects));
  await kernel.run([
    ...settings.map((setting): KernelCommand => ({ do: 'set', namespace, setting })),
    { do: 'open-link', namespace, link: 'lo' },
    ...plan.addresses.map((address): KernelCommand => ({ do: 'put-address', namespace, address, device: 'lo' })),
    ...plan.routes.map((route): KernelCommand => ({ do: 'put-route', namespace, route })),
  ]);
}

export type LinkToEdge = LinkPlan & { readonly edge: EdgeLinkPlan };
export const leadsToEdge = (link: LinkPlan): link is LinkToEdge => link.edge !== undefined;

/** The way of an internet gateway to the edge and back. What the edge sends to it last, when its own rules are there. */
export async function joinEdge(tools: Tools, kernel: Kernel, edge: string, gateway: string, link: LinkToEdge): Promise<void> {
  if (!(await isNamespace(edge))) throw new Error(`the internet edge is not there: ${link.id} cannot be joined to it`);
  const { link: name, edgeMac, address, mac, publicIps } = link.edge;
  const there = await tools.list<{ ifname: string }>(edge, 'link', 'show');
  const isThere = there.some(({ ifname }) => ifname === name);
  const routes = isThere ? await tools.list<{ dst: string }>(edge, '-4', 'route', 'show', 'dev', name) : [];
  const route = (destination: string): KernelRoute => ({ type: 'unicast', destination, via: linkEndpoint, device: name });
  await kernel.run([
    ...(isThere ? [] : [addLink(edge, gateway, link.edge)]),
    { do: 'open-link', namespace: edge, link: name, alias: link.id },
    { do: 'put-neighbour', namespace: edge, address: linkEndpoint, mac, device: name },
    { do: 'open-link', namespace: gateway, link: 'edge' },
    { do: 'put-neighbour', namespace: gateway, address, mac: edgeMac, device: 'edge' },
    { do: 'put-route', namespace: gateway, route: { type: 'unicast', destination: 'default', via: address, device: 'edge' } },
    ...routes
      .filter(({ dst }) => !publicIps.includes(dst))
      .map(({ dst }): KernelCommand => ({ do: 'delete-route', namespace: edge, route: route(dst) })),
    ...publicIps.map((destination): KernelCommand => ({ do: 'put-route', namespace: edge, route: route(destination) })),
  ]);
}

const addLink = (edge: string, gateway: string, { link, edgeMac, mac }: EdgeLinkPlan): KernelCommand => ({
  do: 'add-link',
  namespace: edge,
  link,
  mac: edgeMac,
  inside: gateway,
  insideLink: 'edge',
  insideMac: mac,
});
