import { basename } from 'node:path';
import type { NamespaceOwner } from '../../drivers/network/network-driver.ts';
import { type Fact, onlyStored } from '../../model/network/inspect/fact.ts';
import { networkInterfaceFacts } from '../../model/network/inspect/inspect.ts';
import type { Inspected, InspectedLink } from '../../model/network/inspect/subject.ts';
import { refusedNameLines, type RefusedNames } from '../../model/network/refused-names.ts';
import type { VpcPlan } from '../../model/network/plan.ts';
import { credentialsAddress } from '../../model/network/reserved.ts';
import { printRuleset } from '../../model/network/ruleset-text.ts';
import { type VpcView, viewOf } from '../../model/network/view.ts';
import { isOfAlgorithm } from '../../reconcile/vpc-network.ts';
import { present } from '../../stdx/assert.ts';
import { readWorld } from '../../store/world.ts';
import type { InspectionSources } from './inspection.ts';

/** Of one VPC, read at one time: rows and plan first, so that the kernel is never older than they are. */
export interface Read {
  readonly sources: InspectionSources;
  readonly view: VpcView;
  readonly plan: VpcPlan;
  readonly inspected: Inspected;
}

export async function readVpc(sources: InspectionSources, vpcId: string): Promise<Read> {
  const { store, region, compile, network } = sources;
  const world = readWorld(store, region);
  const view = viewOf(world, vpcId);
  const plan = compile(world, vpcId);
  const appliedGeneration = store.identifiers.appliedGeneration(vpcId);
  const [rules, router] = await Promise.all([network.wouldHold(printRuleset(plan.router.ruleset)), network.held(vpcOwner(view))]);
  return { sources, view, plan, inspected: { view, plan, rules, appliedGeneration, router } };
}

export async function readLink(read: Read, id: string, sockets: readonly string[]): Promise<InspectedLink> {
  const { network } = read.sources;
  const plan = one(read.plan.links, (link) => link.id === id);
  const [inside, insideRules] = await Promise.all([
    network.held(plan.owner),
    plan.insideRuleset === undefined ? undefined : network.wouldHold(plan.insideRuleset),
  ]);
  return { plan, namespace: namespaceOf(read, plan.owner), inside, sockets, ...(insideRules === undefined ? {} : { insideRules }) };
}

export async function interfaceFacts(read: Read, id: string): Promise<readonly Fact[]> {
  const row = one(read.view.networkInterfaces, ({ networkInterfaceId }) => networkInterfaceId === id);
  const facts = networkInterfaceFacts(read.inspected, await readLink(read, id, socketsOf(read, id)), row);
  return [...facts, ...refusedNameFacts(read.sources.refusedNames.ofInterface(id))];
}

/** What the daemon listens at in an interface's namespace. */
function socketsOf({ sources, view }: Read, id: string): string[] {
  const endpoint = view.interfaceEndpointOf.get(id);
  if (endpoint !== undefined) return endpoint.ports.map((port) => `tcp 0.0.0.0:${port}`).toSorted();
  return isOfAlgorithm(sources.store.ec2.networkInterfaces.get(id)) ? [`tcp ${credentialsAddress}:80`] : [];
}

/** None where nothing was refused. */
export function refusedNameFacts(refused: RefusedNames, host?: string): readonly Fact[] {
  const fact = `${host === undefined ? '' : `${host}, `}${refused.count} questions that the resolver refused`;
  return refused.count === 0 ? [] : [onlyStored(fact, refusedNameLines(refused))];
}

export const vpcOwner = ({ vpc }: VpcView): NamespaceOwner => ({ kind: 'vpc', number: vpc.number });
export const namespaceOf = ({ sources }: Read, owner: NamespaceOwner): string => basename(sources.network.namespacePath(owner));

export const one = <Row>(rows: readonly Row[], test: (row: Row) => boolean): Row =>
  present(rows.find(test), 'what has a row is in the world and in the plan');
