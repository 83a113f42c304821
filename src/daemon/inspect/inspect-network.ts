import { formatAddress } from '../../model/network/addresses.ts';
import { endpointPorts } from '../../model/network/gates.ts';
import { networkAclFacts } from '../../model/network/inspect/acl-facts.ts';
import { type Fact, onlyStored } from '../../model/network/inspect/fact.ts';
import { gatewayEndpointFacts, routeTableFacts, securityGroupFacts, subnetFacts, vpcFacts } from '../../model/network/inspect/inspect.ts';
import type { VpcView } from '../../model/network/view.ts';
import { present } from '../../stdx/assert.ts';
import type { VpcEndpointRow } from '../../store/ec2.ts';
import { type Inspection, type InspectionSources, inspectionOf } from './inspection.ts';
import { interfaceFacts, namespaceOf, one, type Read, readLink, readVpc, refusedNameFacts, vpcOwner } from './read-vpc.ts';

/** Undefined when no resource of a network has this id. */
export async function inspectNetwork(sources: InspectionSources, id: string): Promise<Inspection | undefined> {
  const { ec2 } = sources.store;
  const find = async <Row extends { readonly vpcId: string }>(
    kind: string,
    row: Row | undefined,
    facts: (read: Read) => readonly Fact[] | Promise<readonly Fact[]>,
  ): Promise<Inspection | undefined> => (row === undefined ? undefined : inspectionOf(id, kind, await facts(await readVpc(sources, row.vpcId))));
  return (
    (await find('VPC', ec2.vpcs.find(id), (read) => [
      ...vpcFacts(read.inspected, resolverSockets(read.view), namespaceOf(read, vpcOwner(read.view))),
      ...refusedNameFacts(sources.refusedNames.ofVpc(id)),
    ])) ??
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

const ofType = (row: VpcEndpointRow | undefined, type: VpcEndpointRow['vpcEndpointType']): VpcEndpointRow | undefined =>
  row?.vpcEndpointType === type ? row : undefined;

const resolverSockets = ({ resolverAddresses }: VpcView): string[] =>
  resolverAddresses.flatMap((address) => ['tcp', 'udp'].map((protocol) => `${protocol} ${formatAddress(address)}:53`)).toSorted();
