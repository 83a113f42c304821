import { afterAll, beforeAll, expect, it } from 'vitest';
import { readWorld } from '../../../src/store/world.ts';
import { ec2Account } from '../../services/ec2-context.ts';
import { type Answer, Lab } from './lab.ts';

/** From a call of EC2 to the packet: what an account made, as its world, in the kernel. */

const account = ec2Account();
const { call, createVpc, createSubnet, createGroup, createInterface, store } = account;
const VpcId = createVpc('10.2.0.0/16');
const [clients, servers] = [createGroup(VpcId, 'clients'), createGroup(VpcId, 'servers')];
const client = createInterface(createSubnet(VpcId, '10.2.1.0/24'), [clients]);
const numberOf = (id: string): number => store.ec2.networkInterfaces.get(id).number;
const addressOf = (id: string): string => store.ec2.networkInterfaces.get(id).privateIpAddress;
const mainTable = call('DescribeRouteTables', {}).RouteTables?.[0]?.RouteTableId ?? '';
let lab: Lab;

const apply = async (): Promise<void> => await lab.apply(readWorld(store, 'us-east-1'), VpcId);
const attempt = async (to: string): Promise<{ result: Answer; rose: string[] }> =>
  await lab.counted(store.ec2.vpcs.get(VpcId).number, async () => await lab.connect(numberOf(client), to, 7999));
const passed = { result: 'connected', rose: [] };
const droppedBy = (...rose: string[]) => ({ result: 'no answer', rose });

beforeAll(async () => {
  lab = await Lab.open();
  await apply();
});
afterAll(async () => lab.close());

it('routes a block that is added to the VPC, both ways, and no longer when it is taken away', async () => {
  expect(await attempt('10.3.1.4')).toEqual(droppedBy(`route.${mainTable}`));
  const AssociationId = call('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.3.0.0/16' }).CidrBlockAssociation?.AssociationId ?? '';
  await apply();
  expect(await attempt('10.3.1.4')).toEqual(droppedBy(`destination.${VpcId}`));
  const held = await lab.inside({ kind: 'vpc', number: store.ec2.vpcs.get(VpcId).number }, 'nft', 'list', 'set', 'ip', 'cloister', 'vpc');
  expect(held).toMatch(/elements = \{ 10\.2\.0\.0\/16, 10\.3\.0\.0\/16 \}/u);

  const SubnetId = createSubnet(VpcId, '10.3.1.0/24');
  const server = createInterface(SubnetId, [servers]);
  const members = [{ IpProtocol: 'tcp', FromPort: 7999, ToPort: 7999, UserIdGroupPairs: [{ GroupId: clients }] }];
  call('AuthorizeSecurityGroupIngress', { GroupId: servers, IpPermissions: members });
  await apply();
  await lab.listen({ kind: 'network-interface', number: numberOf(server) }, 7999);
  expect(addressOf(server)).toBe('10.3.1.4');
  expect(await attempt('10.3.1.4')).toEqual(passed);

  call('RevokeSecurityGroupIngress', { GroupId: servers, IpPermissions: members });
  call('DeleteNetworkInterface', { NetworkInterfaceId: server });
  call('DeleteSubnet', { SubnetId });
  call('DisassociateVpcCidrBlock', { AssociationId });
  await apply();
  expect(await attempt('10.3.1.4')).toEqual(droppedBy(`route.${mainTable}`));
});

it('lets in whom a prefix list names, version by version', async () => {
  const own = `${addressOf(client)}/32`;
  const request = { PrefixListName: 'clients', AddressFamily: 'IPv4', MaxEntries: 5, Entries: [{ Cidr: own }, { Cidr: '10.9.0.0/16' }] };
  const PrefixListId = call('CreateManagedPrefixList', request).PrefixList?.PrefixListId ?? '';
  const server = createInterface(createSubnet(VpcId, '10.2.2.0/24'), [servers]);
  const listed = [{ IpProtocol: 'tcp', FromPort: 7999, ToPort: 7999, PrefixListIds: [{ PrefixListId }] }];
  call('AuthorizeSecurityGroupIngress', { GroupId: servers, IpPermissions: listed });
  await apply();
  await lab.listen({ kind: 'network-interface', number: numberOf(server) }, 7999);
  expect(await attempt(addressOf(server))).toEqual(passed);

  call('ModifyManagedPrefixList', { PrefixListId, CurrentVersion: 1, RemoveEntries: [{ Cidr: own }] });
  await apply();
  expect(await attempt(addressOf(server))).toEqual(droppedBy(`ingress.${servers}`));
  call('RestoreManagedPrefixListVersion', { PrefixListId, CurrentVersion: 2, PreviousVersion: 1 });
  await apply();
  expect(await attempt(addressOf(server))).toEqual(passed);
  const all = [{ Cidr: own }, { Cidr: '10.9.0.0/16' }];
  call('ModifyManagedPrefixList', { PrefixListId, CurrentVersion: 3, RemoveEntries: all });
  await apply();
  expect(await attempt(addressOf(server))).toEqual(droppedBy(`ingress.${servers}`));
});

it('keeps what is left of entries that overlap', async () => {
  const own = `${addressOf(client)}/32`;
  const [wide, narrow, beside] = ['10.2.0.0/16', '10.2.1.0/24', '10.2.1.5/32'];
  const entries = (...blocks: readonly string[]) => blocks.map((Cidr) => ({ Cidr }));
  const request = { PrefixListName: 'nested', AddressFamily: 'IPv4', MaxEntries: 5, Entries: entries(wide, narrow, own) };
  const PrefixListId = call('CreateManagedPrefixList', request).PrefixList?.PrefixListId ?? '';
  const group = createGroup(VpcId, 'nested');
  const server = createInterface(createSubnet(VpcId, '10.2.3.0/24'), [group]);
  const listed = [{ IpProtocol: 'tcp', FromPort: 7999, ToPort: 7999, PrefixListIds: [{ PrefixListId }] }];
  call('AuthorizeSecurityGroupIngress', { GroupId: group, IpPermissions: listed });
  await apply();
  await lab.listen({ kind: 'network-interface', number: numberOf(server) }, 7999);
  const after = async (add: readonly string[], remove: readonly string[]) => {
    call('ModifyManagedPrefixList', { PrefixListId, AddEntries: entries(...add), RemoveEntries: entries(...remove) });
    await apply();
    return await attempt(addressOf(server));
  };
  expect(await attempt(addressOf(server))).toEqual(passed);
  expect(await after([], [own])).toEqual(passed);
  expect(await after([beside], [wide])).toEqual(passed);
  expect(await after([], [narrow])).toEqual(droppedBy(`ingress.${group}`));
  expect(await after([wide, own], [beside])).toEqual(passed);
  expect(await after([], [wide])).toEqual(passed);
  expect(await after([], [own])).toEqual(droppedBy(`ingress.${group}`));
});
