import type { HeldNamespace, HeldRuleset } from '../held.ts';
import type { LinkPlan, RoutePlan, VpcPlan } from '../plan.ts';
import type { VpcView } from '../view.ts';

/** Everything that facts are made from. Of one VPC. */
export interface Inspected {
  readonly view: VpcView;
  readonly plan: VpcPlan;
  /** The plan's rules in the kernel's words. */
  readonly rules: HeldRuleset;
  /** The generation that a reconciler has brought to the kernel. */
  readonly appliedGeneration: number;
  /** Undefined when there is no such namespace. */
  readonly router: HeldNamespace | undefined;
  /** The link that the subject is, when it is one. */
  readonly link?: InspectedLink;
}

export interface InspectedLink {
  readonly plan: LinkPlan;
  /** Names in `/run/netns`. */
  readonly namespace: string;
  readonly inside: HeldNamespace | undefined;
  /** The rules of the namespace itself, in the kernel's words, where it has some. */
  readonly insideRules?: HeldRuleset;
  /** What the daemon listens at in the namespace. */
  readonly sockets: readonly string[];
}

/** A route of the plan as the kernel's are read. */
export function routeText({ table, type, destination, via, device }: RoutePlan): string {
  const words = [
    `table ${table}`,
    ...(type === 'unicast' ? [] : [type]),
    destination,
    ...(via === undefined ? [] : ['via', via]),
    ...(device === undefined ? [] : ['dev', device]),
  ];
  return words.join(' ');
}

export const routeTexts = (plan: VpcPlan, test: (route: RoutePlan) => boolean): string[] =>
  plan.router.routes
    .filter(test)
    .map((route) => routeText(route))
    .toSorted();

export const ruleTexts = (plan: VpcPlan, table?: number): string[] =>
  plan.router.rules.filter(({ priority }) => table === undefined || priority === table).map(({ priority, selector }) => `${priority}: ${selector}`);

export const chainOf = (ruleset: HeldRuleset | undefined, name: string): readonly string[] => ruleset?.chains.get(name) ?? [];
export const setOf = (ruleset: HeldRuleset | undefined, name: string): readonly string[] => ruleset?.sets.get(name) ?? [];
