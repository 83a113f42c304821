import { edgeOwner } from '../../drivers/network/network-driver.ts';
import type { Fact } from '../../model/network/inspect/fact.ts';
import { elasticIpFacts, internetGatewayFacts, storedFacts } from '../../model/network/inspect/internet-facts.ts';
import { natGatewayStateOf } from '../../services/ec2/nat-gateway.ts';
import type { ElasticIpRow, InternetGatewayRow, NatGatewayRow } from '../../store/ec2.ts';
import { type Inspection, type InspectionSources, inspectionOf } from './inspection.ts';
import { interfaceFacts, readLink, readVpc } from './read-vpc.ts';

/** Undefined when no gateway and no Elastic IP has this id. */
export async function inspectInternet(sources: InspectionSources, id: string): Promise<Inspection | undefined> {
  const { ec2 } = sources.store;
  const find = async <Row>(
    kind: string,
    row: Row | undefined,
    facts: (sources: InspectionSources, row: Row) => Promise<readonly Fact[]>,
  ): Promise<Inspection | undefined> => (row === undefined ? undefined : inspectionOf(id, kind, await facts(sources, row)));
  return (
    (await find('internet gateway', ec2.internetGateways.find(id), gatewayFacts)) ??
    (await find('NAT gateway', ec2.natGateways.find(id), natFacts)) ??
    (await find('Elastic IP', ec2.elasticIps.find(id), addressFacts))
  );
}

/** One that is not attached is a row and nothing else. */
async function gatewayFacts(sources: InspectionSources, { internetGatewayId, vpcId }: InternetGatewayRow): Promise<readonly Fact[]> {
  const stored = storedFacts({ VPC: vpcId });
  if (vpcId === undefined) return stored;
  const read = await readVpc(sources, vpcId);
  const link = await readLink(read, internetGatewayId, []);
  return [...stored, ...internetGatewayFacts(read.inspected, link, await sources.network.held(edgeOwner))];
}

/** In the kernel it is its network interface. One that failed, or is being deleted, has none. */
async function natFacts(sources: InspectionSources, row: NatGatewayRow): Promise<readonly Fact[]> {
  const { vpcId, subnetId, publicIp, address } = row;
  const stored = storedFacts({ state: natGatewayStateOf(sources, row), subnet: subnetId, 'public address': publicIp });
  const networkInterfaceId = address?.networkInterfaceId;
  if (networkInterfaceId === undefined || sources.store.ec2.networkInterfaces.find(networkInterfaceId) === undefined) return stored;
  const facts = await interfaceFacts(await readVpc(sources, vpcId), networkInterfaceId);
  return [...stored, ...facts.map((each) => ({ ...each, fact: `${networkInterfaceId}: ${each.fact}` }))];
}

/** One that nobody has, or whose VPC has no internet gateway, leads nowhere. */
async function addressFacts(sources: InspectionSources, { publicIp, association }: ElasticIpRow): Promise<readonly Fact[]> {
  const { networkInterfaceId, privateIpAddress } = association ?? {};
  const stored = storedFacts({ 'public address': publicIp, 'network interface': networkInterfaceId, 'private address': privateIpAddress });
  if (networkInterfaceId === undefined) return stored;
  const read = await readVpc(sources, sources.store.ec2.networkInterfaces.get(networkInterfaceId).vpcId);
  const gatewayId = read.view.internetGateway?.internetGatewayId;
  if (gatewayId === undefined) return stored;
  const link = await readLink(read, gatewayId, []);
  return [...stored, ...elasticIpFacts(publicIp, link, await sources.network.held(edgeOwner))];
}
