import { entryText } from '../rule-text.ts';
import type { NetworkAcl } from '../world.ts';
import { derived, type Fact, onlyStored } from './fact.ts';
import { gates } from './link-facts.ts';
import type { Inspected } from './subject.ts';

/** A network ACL: its entries, and the rules at the links of each of its subnets. */
export function networkAclFacts(inspected: Inspected, acl: NetworkAcl): Fact[] {
  const { view, rules, router } = inspected;
  const subnetIds = [...view.subnets.keys()].filter((subnetId) => view.aclOf(subnetId) === acl).toSorted();
  const entries = (['ingress', 'egress'] as const).map((direction) => {
    const own = acl.entries.filter((entry) => entry.direction === direction).toSorted((a, b) => a.ruleNumber - b.ruleNumber);
    return onlyStored(direction, own.map(entryText));
  });
  const bySubnet = subnetIds.flatMap((subnetId) => {
    const links = view.networkInterfaces.filter((row) => row.subnetId === subnetId).map(({ number }) => `e${number}`);
    return (['egress-acl', 'ingress-acl'] as const).map((stage) => {
      const linesOf = (ruleset: Inspected['rules'] | undefined): string[] => [...new Set(links.flatMap((link) => gates(stage, link, ruleset)))];
      return derived(`${stage} of ${subnetId}`, [`${links.length} interfaces`], linesOf(rules), linesOf(router?.ruleset));
    });
  });
  return [onlyStored('subnets', subnetIds), ...entries, ...bySubnet];
}
