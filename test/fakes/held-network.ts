import type { HeldNamespace, HeldRuleset } from '../../src/model/network/held.ts';
import { routeText } from '../../src/model/network/inspect/subject.ts';
import type { LinkPlan, Ruleset, VpcPlan } from '../../src/model/network/plan.ts';

/** A kernel that holds a plan, and says it in the plan's own words. */
export function heldRuleset({ objects }: Ruleset): HeldRuleset {
  const chains = new Map<string, readonly string[]>();
  const sets = new Map<string, readonly string[]>();
  for (const object of objects) {
    if (object.kind === 'chain') chains.set(object.name, [...(object.hook === undefined ? [] : [object.hook]), ...object.statements]);
    if (object.kind === 'set' && object.lasting !== true) sets.set(object.name, object.elements.toSorted());
    if (object.kind === 'map') sets.set(object.name, object.elements.map(([key, verdict]) => `${key} : ${verdict}`).toSorted());
  }
  return { chains, sets };
}

export function heldRouter({ router, links }: VpcPlan): HeldNamespace {
  return {
    links: links.map(({ link, id, routerMac }) => ({ name: link, alias: id, mac: routerMac, up: true })),
    addresses: router.addresses.map((address) => `${address} dev lo`).toSorted(),
    neighbours: links.map(({ link, address, mac }) => `${address} lladdr ${mac} dev ${link}`).toSorted(),
    rules: router.rules.map(({ priority, selector }) => `${priority}: ${selector}`),
    routes: router.routes.map((route) => routeText(route)).toSorted(),
    ruleset: heldRuleset(router.ruleset),
    sockets: [],
  };
}

export function heldInside({ mac, inside }: LinkPlan, ruleset: HeldRuleset, sockets: readonly string[]): HeldNamespace {
  return {
    links: [{ name: 'eth0', alias: '', mac, up: true }],
    addresses: inside.addresses.map(({ address, device }) => `${address} dev ${device}`).toSorted(),
    neighbours: [`${inside.neighbour.address} lladdr ${inside.neighbour.mac} dev eth0`],
    rules: [],
    routes: inside.routes
      .map(({ type, destination, via, device, source }) =>
        [
          type === 'local' ? 'local ' : '',
          destination,
          via === undefined ? '' : ` via ${via}`,
          ` dev ${device}`,
          source === undefined ? '' : ` src ${source}`,
        ].join(''),
      )
      .toSorted(),
    ruleset,
    sockets,
  };
}
