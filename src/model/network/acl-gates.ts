import { present } from '../../stdx/assert.ts';
import { aclCounter, aclOfInterface, aclStatements, isOpen, judgeByAcl, subnetLinksSet } from './acls.ts';
import { cidrContains } from './addresses.ts';
import { type Gate, interfacesOf, type Judgement, type Link, next, refuse, resolverSet, senderOf } from './gate.ts';
import type { Direction, Packet } from './groups.ts';
import { mustParseCidr, type VpcView } from './view.ts';
import type { NetworkAcl, NetworkInterface, Subnet } from './world.ts';

/** What stays in its subnet meets no ACL. An address of the subnet is always in it: no route takes it elsewhere. */
export const egressAcl: Gate = {
  name: 'egress-acl',
  code: 11,
  counters: (view, link) => aclCounters(view, 'egress', link),
  statements(view, link) {
    if (link.kind !== 'network-interface' || isOpen(aclOfInterface(view, link.networkInterface), 'egress')) return ['accept'];
    const acl = aclOfInterface(view, link.networkInterface);
    const within = subnetOf(view, link.networkInterface).cidrBlock;
    return [
      `ip daddr @${resolverSet} accept`,
      `ip daddr ${within} accept`,
      ...aclStatements(acl, 'egress', refuse(this.code, this.counters(view, link))),
    ];
  },
  alike: (_view, link) => alikeBySubnet(link),
  judge(journey) {
    const { view, packet, path } = journey;
    const sender = senderOf(journey);
    const within = mustParseCidr(subnetOf(view, sender).cidrBlock);
    if (path.kind === 'resolver' || cidrContains(within, packet.destination)) return next;
    return judgedByAcl(view, aclOfInterface(view, sender), 'egress', packet);
  },
};

export const ingressAcl: Gate = {
  name: 'ingress-acl',
  code: 12,
  counters: (view, link) => aclCounters(view, 'ingress', link),
  lookups(view, links) {
    const subnetIds = [...new Set(interfacesOf(links).map(({ networkInterface }) => networkInterface.subnetId))].sort();
    return subnetIds
      .filter((subnetId) => !isOpen(view.aclOf(subnetId), 'ingress'))
      .map((subnetId) => {
        const own = interfacesOf(links).filter(({ networkInterface }) => networkInterface.subnetId === subnetId);
        return { kind: 'set', name: subnetLinksSet(subnetId), specification: ['type ifname'], elements: own.map(({ name }) => `"${name}"`) } as const;
      });
  },
  statements(view, link) {
    if (link.kind !== 'network-interface' || isOpen(aclOfInterface(view, link.networkInterface), 'ingress')) return ['accept'];
    const { networkInterface } = link;
    const acl = aclOfInterface(view, networkInterface);
    return [
      `iifname @${subnetLinksSet(networkInterface.subnetId)} accept`,
      ...aclStatements(acl, 'ingress', refuse(this.code, this.counters(view, link))),
    ];
  },
  alike: (_view, link) => alikeBySubnet(link),
  judge({ view, sender, packet, path }) {
    if (path.kind !== 'network-interface' || path.receiver.subnetId === sender?.subnetId) return next;
    return judgedByAcl(view, aclOfInterface(view, path.receiver), 'ingress', packet);
  },
};

const subnetOf = (view: VpcView, { subnetId }: NetworkInterface): Subnet =>
  present(view.subnets.get(subnetId), `${subnetId} is in ${view.vpc.vpcId}`);

function aclCounters(view: VpcView, direction: Direction, link: Link): string[] {
  return link.kind === 'network-interface' ? [aclCounter(direction, aclOfInterface(view, link.networkInterface))] : [];
}

/** By subnet alone, which costs no look at the entries: chains that hold the same are one, as those of all open ACLs. */
const alikeBySubnet = (link: Link): string => (link.kind === 'network-interface' ? link.networkInterface.subnetId : 'open');

/** Also of the answer of an endpoint, which comes from no interface. */
export function judgedByAcl(view: VpcView, acl: NetworkAcl, direction: Direction, packet: Packet): Judgement {
  const { allowed, rule } = judgeByAcl(view, acl, direction, packet);
  const entry = { networkAclId: acl.networkAclId, rule };
  return allowed ? { verdict: 'accept', entry } : { verdict: 'refuse', counters: [aclCounter(direction, acl)], entry };
}
