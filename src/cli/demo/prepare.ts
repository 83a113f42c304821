import { readFileSync } from 'node:fs';
import { run } from '../../drivers/process/process.ts';
import { rolePolicy, trustPolicy } from '../training-role.ts';
import { bucket, expect, roleArn, roleName, type PrivateNetwork, type Story } from './story.ts';

/** The rows to learn from, and those that are held back (images/gbt/data/README.md: source and licence). */
const files = ['train', 'validation'] as const;

const rowsOf = (name: (typeof files)[number]): Buffer => readFileSync(new URL(`../../../images/gbt/data/${name}.csv`, import.meta.url));

/** What is held back from training: lines of numbers, the label first. */
export const validationRows = (): string => rowsOf('validation').toString();

export async function prepareDataAndRole(story: Story): Promise<void> {
  const { api, terminal } = story;
  await api.s3('PUT', `/${bucket}`);
  for (const name of files) {
    await api.s3('PUT', `/${bucket}/${name}/${name}.csv`, rowsOf(name));
  }
  terminal.done(`bucket ${bucket}: breast cancer Wisconsin (UCI), rows to learn from and rows held back`);
  await api.query('iam', 'CreateRole', { RoleName: roleName, AssumeRolePolicyDocument: JSON.stringify(trustPolicy) });
  await api.query('iam', 'PutRolePolicy', { RoleName: roleName, PolicyName: 'training', PolicyDocument: JSON.stringify(rolePolicy('*')) });
  terminal.done(`role ${roleArn(story)}`);
}

export async function buildPrivateNetwork({ api, terminal }: Story): Promise<PrivateNetwork> {
  const vpc = await api.query('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' });
  const vpcId = vpc.text('vpc', 'vpcId');
  const subnet = await api.query('ec2', 'CreateSubnet', { VpcId: vpcId, CidrBlock: '10.0.1.0/24' });
  const subnetId = subnet.text('subnet', 'subnetId');
  const table = await api.query('ec2', 'CreateRouteTable', { VpcId: vpcId });
  const routeTableId = table.text('routeTable', 'routeTableId');
  await api.query('ec2', 'AssociateRouteTable', { RouteTableId: routeTableId, SubnetId: subnetId });
  const group = await api.query('ec2', 'CreateSecurityGroup', { VpcId: vpcId, GroupName: 'training', GroupDescription: 'training jobs' });
  const groupId = group.text('groupId');
  terminal.done(`${vpcId} 10.0.0.0/16, ${subnetId} 10.0.1.0/24, ${groupId}`);
  terminal.done(`${routeTableId} of the subnet: the local route and nothing else`);
  return { vpcId, subnetId, routeTableId, groupId };
}

export async function createEndpoint(story: Story, network: PrivateNetwork): Promise<string> {
  const { terminal, api, region } = story;
  terminal.command(
    `aws ec2 create-vpc-endpoint --vpc-id ${network.vpcId} --service-name com.amazonaws.${region}.s3 --route-table-ids ${network.routeTableId}`,
  );
  const created = await api.query('ec2', 'CreateVpcEndpoint', {
    VpcId: network.vpcId,
    ServiceName: `com.amazonaws.${region}.s3`,
    'RouteTableId.1': network.routeTableId,
  });
  const vpcEndpointId = created.text('vpcEndpoint', 'vpcEndpointId');
  const tables = await api.query('ec2', 'DescribeRouteTables', { 'RouteTableId.1': network.routeTableId });
  const route = tables.find((element) => element.name === 'item' && element.text('gatewayId') === vpcEndpointId);
  const prefixListId = route?.text('destinationPrefixListId') ?? '';
  expect(prefixListId.startsWith('pl-'), 'the route of the endpoint appears by itself');
  terminal.done(`${vpcEndpointId}, and in ${network.routeTableId} the route ${prefixListId} → ${vpcEndpointId} appeared by itself`);
  return vpcEndpointId;
}

/** What the built-in trainer leaves in its archive. */
export const modelOf = async (archive: Uint8Array): Promise<string> =>
  await run(['tar', '--extract', '--gzip', '--to-stdout', 'xgboost-model'], { input: archive });
