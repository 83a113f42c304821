import { basename } from 'node:path';
import type { NamespaceOwner } from '../../drivers/network/network-driver.ts';
import { formatAddress } from '../../model/network/addresses.ts';
import { endpointPorts } from '../../model/network/gates.ts';
import { networkAclFacts } from '../../model/network/inspect/acl-facts.ts';
import { type Fact, onlyStored } from '../../model/network/inspect/fact.ts';
import {
  gatewayEndpointFacts,
  networkInterfaceFacts,
  routeTableFacts,
  securityGroupFacts,
  subnetFacts,
  vpcFacts,
} from '../../model/network/inspect/inspect.ts';
import type { Inspected, InspectedLink } from '../../model/network/inspect/subject.ts';
import type { VpcPlan } from '../../model/network/plan.ts';
import { credentialsAddress } from '../../model/network/reserved.ts';
import { printRuleset } from '../../model/network/ruleset-text.ts';
import { type VpcView, viewOf } from '../../model/network/view.ts';
import { isOfAlgorithm } from '../../reconcile/vpc-network.ts';
import { present } from '../../stdx/assert.ts';
import type { VpcEndpointRow } from '../../store/ec2.ts';
import { readWorld } from '../../store/world.ts';
import { type Inspection, type InspectionSources, inspectionOf } from './inspection.ts';

/** Of one VPC, read at one time: rows and plan first, so that the kernel is never older than they are. */
interface Read {
  readonly sources: InspectionSources;
  readonly view: VpcView;
  readonly plan: VpcPlan;
  readonly inspected: Inspected;
}

/** Undefined when no resource of a network has this id. */
export async function inspectNetwork(sources: InspectionSources, id: string): Promise<Inspection | undefined> {
  const { ec2 } = sources.store;
  const find = async <Row extends { readonly vpcId: string }>(
    kind: string,
    row: Row | undefined,
    facts: (read: Read) => readonly Fact[] | Promise<readonly Fact[]>,
  ): Promise<Inspection | undefined> => (row === undefined ? undefined : inspectionOf(id, kind, await facts(await readVpc(sources, row.vpcId))));
  return (
    (await find('VPC', ec2.vpcs.find(id), (read) => vpcFacts(read.inspected, resolverSockets(read.view), namespaceOf(read, vpcOwner(read.view))))) ??
    (await find('subnet', ec2.subnets.find(id), ({ inspected, view }) => subnetFacts(inspected, present(view.subnets.get(id), 'it is there')))) ??
    (await find('route table', ec2.routeTables.find(id), ({ inspected, view }) =>
      routeTableFacts(
        inspected,
        one(view.routeTables, ({ routeTableId }) => routeTableId === id),
      ),
    )) ??
    (await find('security group', ec2.securityGroups.find(id), ({ inspected, view }) =>
      securityGroupFacts(inspected, present(view.groups.get(id), 'it is there')),
    )) ??
    (await find('network ACL', ec2.networkAcls.find(id), ({ inspected }) =>
      networkAclFacts(
        inspected,
        one(inspected.view.networkAcls, ({ networkAclId }) => networkAclId === id),
      ),
    )) ??
    (await find('network interface', ec2.networkInterfaces.find(id), async (read) => await interfaceFacts(read, id))) ??
    (await find('gateway endpoint', ofType(ec2.vpcEndpoints.find(id), 'Gateway'), async (read) => await endpointFacts(read, id))) ??
    (await find('interface endpoint', ofType(ec2.vpcEndpoints.find(id), 'Interface'), async (read) => await interfaceEndpointFacts(read, id)))
  );
}

async function readVpc(sources: InspectionSources, vpcId: string): Promise<Read> {
  const { store, region, compile, network } = sources;
  const world = readWorld(store, region);
  const view = viewOf(world, vpcId);
  const plan = compile(world, vpcId);
  const appliedGeneration = store.identifiers.appliedGeneration(vpcId);
  const [rules, router] = await Promise.all([network.wouldHold(printRuleset(plan.router.ruleset)), network.held(vpcOwner(view))]);
  return { sources, view, plan, inspected: { view, plan, rules, appliedGeneration, router } };
}

async function interfaceFacts(read: Read, id: string): Promise<readonly Fact[]> {
  const row = one(read.view.networkInterfaces, ({ networkInterfaceId }) => networkInterfaceId === id);
  return networkInterfaceFacts(read.inspected, await readLink(read, id, socketsOf(read, id)), row);
}

/** What the daemon listens at in an interface's namespace. */
function socketsOf({ sources, view }: Read, id: string): string[] {
  const endpoint = view.interfaceEndpointOf.get(id);
  if (endpoint !== undefined) return endpoint.ports.map((port) => `tcp 0.0.0.0:${port}`).toSorted();
  return isOfAlgorithm(sources.store.ec2.networkInterfaces.get(id)) ? [`tcp ${credentialsAddress}:80`] : [];
}

async function endpointFacts(read: Read, id: string): Promise<readonly Fact[]> {
  const row = one(read.view.gatewayEndpoints, ({ vpcEndpointId }) => vpcEndpointId === id);
  const sockets = endpointPorts.map((port) => `tcp 0.0.0.0:${port}`).toSorted();
  return gatewayEndpointFacts(read.inspected, await readLink(read, id, sockets), row);
}

/** Those of the endpoint, and those of each of its interfaces, with the interface's id in front. */
async function interfaceEndpointFacts(read: Read, id: string): Promise<readonly Fact[]> {
  const { serviceName, names, networkInterfaceIds } = one(read.view.interfaceEndpoints, ({ vpcEndpointId }) => vpcEndpointId === id);
  const facts = await Promise.all(
    networkInterfaceIds.map(async (eni) => (await interfaceFacts(read, eni)).map((each) => ({ ...each, fact: `${eni}: ${each.fact}` }))),
  );
  const leads = Object.entries(names).map(([name, addresses]) => `${name} → ${addresses.join(', ')}`);
  return [onlyStored('service', [serviceName]), onlyStored('names', leads), ...facts.flat()];
}

async function readLink(read: Read, id: string, sockets: readonly string[]): Promise<InspectedLink> {
  const { network } = read.sources;
  const plan = one(read.plan.links, (link) => link.id === id);
  const [inside, insideRules] = await Promise.all([
    network.held(plan.owner),
    plan.insideRuleset === undefined ? undefined : network.wouldHold(plan.insideRuleset),
  ]);
  return { plan, namespace: namespaceOf(read, plan.owner), inside, sockets, ...(insideRules === undefined ? {} : { insideRules }) };
}

const ofType = (row: VpcEndpointRow | undefined, type: VpcEndpointRow['vpcEndpointType']): VpcEndpointRow | undefined =>
  row?.vpcEndpointType === type ? row : undefined;

const vpcOwner = ({ vpc }: VpcView): NamespaceOwner => ({ kind: 'vpc', number: vpc.number });
const namespaceOf = ({ sources }: Read, owner: NamespaceOwner): string => basename(sources.network.namespacePath(owner));

const resolverSockets = ({ resolverAddresses }: VpcView): string[] =>
  resolverAddresses.flatMap((address) => ['tcp', 'udp'].map((protocol) => `${protocol} ${formatAddress(address)}:53`)).toSorted();

const one = <Row>(rows: readonly Row[], test: (row: Row) => boolean): Row =>
  present(rows.find(test), 'what has a row is in the world and in the plan');
