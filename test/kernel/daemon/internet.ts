import * as Ec2 from '@aws-sdk/client-ec2';
import type { Inspection } from '../../../src/daemon/inspect/inspection.ts';
import { present } from '../../../src/stdx/assert.ts';
import { bodyOf, type DaemonLab, type Network, sendFromHost } from './lab.ts';

/** A VPC's way to the internet: a public subnet with an interface that has an Elastic IP, and one behind a NAT gateway. */
export interface Internet {
  readonly vpcId: string;
  readonly internetGatewayId: string;
  readonly natGatewayId: string;
  /** Of the NAT gateway, and of the interface in the public subnet. */
  readonly natAllocationId: string;
  readonly ownAllocationId: string;
  readonly ownPublicIp: string;
  readonly own: Awaited<ReturnType<DaemonLab['makeInterface']>>;
  readonly behind: Awaited<ReturnType<DaemonLab['makeInterface']>>;
}

/** An internet gateway and a route to it in the main table of a network. */
export async function makeInternetGateway(lab: DaemonLab, { vpcId, routeTableId }: Network): Promise<string> {
  const { InternetGateway } = await lab.ec2.send(new Ec2.CreateInternetGatewayCommand({}));
  const internetGatewayId = present(InternetGateway?.InternetGatewayId, 'an internet gateway has an id');
  await lab.ec2.send(new Ec2.AttachInternetGatewayCommand({ InternetGatewayId: internetGatewayId, VpcId: vpcId }));
  const route = { RouteTableId: routeTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: internetGatewayId };
  await lab.ec2.send(new Ec2.CreateRouteCommand(route));
  return internetGatewayId;
}

export async function allocate(lab: DaemonLab): Promise<{ allocationId: string; publicIp: string }> {
  const { AllocationId, PublicIp } = await lab.ec2.send(new Ec2.AllocateAddressCommand({ Domain: 'vpc' }));
  return { allocationId: present(AllocationId, 'an address has an id'), publicIp: present(PublicIp, 'an address is one') };
}

export async function makeInternet(lab: DaemonLab): Promise<Internet> {
  const network = await lab.makeNetwork();
  const { vpcId, subnetId, groupId } = network;
  const internetGatewayId = await makeInternetGateway(lab, network);
  const [forNat, forOwn] = [await allocate(lab), await allocate(lab)];
  const { NatGateway } = await lab.ec2.send(new Ec2.CreateNatGatewayCommand({ SubnetId: subnetId, AllocationId: forNat.allocationId }));
  const natGatewayId = present(NatGateway?.NatGatewayId, 'a NAT gateway has an id');
  const own = await lab.makeInterface(network);
  await lab.ec2.send(new Ec2.AssociateAddressCommand({ AllocationId: forOwn.allocationId, NetworkInterfaceId: own.id }));
  const { Subnet } = await lab.ec2.send(new Ec2.CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.1.0/24' }));
  const { RouteTable } = await lab.ec2.send(new Ec2.CreateRouteTableCommand({ VpcId: vpcId }));
  const RouteTableId = RouteTable?.RouteTableId;
  await lab.ec2.send(new Ec2.CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: natGatewayId }));
  await lab.ec2.send(new Ec2.AssociateRouteTableCommand({ RouteTableId, SubnetId: Subnet?.SubnetId }));
  const behind = await lab.makeInterface({ ...network, groupId, subnetId: present(Subnet?.SubnetId, 'a subnet has an id') });
  return {
    vpcId,
    internetGatewayId,
    natGatewayId,
    natAllocationId: forNat.allocationId,
    ownAllocationId: forOwn.allocationId,
    ownPublicIp: forOwn.publicIp,
    own,
    behind,
  };
}

export async function inspected(lab: DaemonLab, id: string): Promise<Inspection> {
  const text = await lab.signed('cloister', { method: 'GET', path: `/_cloister/inspect/${id}`, headers: {}, body: '' });
  return JSON.parse(bodyOf((await sendFromHost(lab.onHost(text))).text)) as Inspection;
}

/** The facts of which plan and kernel say different things. */
export const markedOf = async (lab: DaemonLab, id: string): Promise<string[]> =>
  (await inspected(lab, id)).facts.filter(({ agrees }) => !agrees).map(({ fact }) => fact);
