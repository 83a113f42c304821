import { type Answer, type Api, ApiError } from '../api.ts';

/** Where a job runs. */
export interface JobNetwork {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
}

const name = 'cloister-run';
/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VpcConfig.html */
const subnetsMax = 16;

/** The private network of `cloister run`, made where it is not there yet. Each part is looked for by itself: nothing is made twice. */
export async function ownNetwork(api: Api, region: string): Promise<JobNetwork> {
  const vpcId =
    (await first(api, 'DescribeVpcs', 'vpcSet', 'vpcId', { 'tag:Name': name })) ??
    (await api.query('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16', ...tagged('vpc') })).text('vpc', 'vpcId');
  const subnetId =
    (await first(api, 'DescribeSubnets', 'subnetSet', 'subnetId', { 'vpc-id': vpcId, 'tag:Name': name })) ??
    (await api.query('ec2', 'CreateSubnet', { VpcId: vpcId, CidrBlock: '10.0.1.0/24', ...tagged('subnet') })).text('subnet', 'subnetId');
  const groupId =
    (await first(api, 'DescribeSecurityGroups', 'securityGroupInfo', 'groupId', { 'vpc-id': vpcId, 'group-name': name })) ??
    (await api.query('ec2', 'CreateSecurityGroup', { VpcId: vpcId, GroupName: name, GroupDescription: 'jobs of cloister run' })).text('groupId');
  await letMembersIn(api, groupId);
  const serviceName = `com.amazonaws.${region}.s3`;
  const asked = { 'vpc-id': vpcId, 'service-name': serviceName };
  if ((await first(api, 'DescribeVpcEndpoints', 'vpcEndpointSet', 'vpcEndpointId', asked)) === undefined) {
    const main = await first(api, 'DescribeRouteTables', 'routeTableSet', 'routeTableId', { 'vpc-id': vpcId, 'association.main': 'true' });
    if (main === undefined) throw new Error(`${vpcId} has no main route table`);
    await api.query('ec2', 'CreateVpcEndpoint', { VpcId: vpcId, ServiceName: serviceName, 'RouteTableId.1': main });
  }
  return { vpcId, subnetIds: [subnetId], groupIds: [groupId] };
}

/** A network of the user's, as it is: all subnets of the VPC and its default group, unless some are named. */
export async function givenNetwork(
  api: Api,
  vpcId: string,
  { subnets, groups }: { readonly subnets?: string; readonly groups?: string },
): Promise<JobNetwork> {
  const of = { 'vpc-id': vpcId };
  const subnetIds = subnets?.split(',') ?? (await ids(api, 'DescribeSubnets', 'subnetSet', 'subnetId', of)).slice(0, subnetsMax);
  if (subnetIds.length === 0) throw new Error(`${vpcId} has no subnets`);
  const groupIds =
    groups?.split(',') ?? (await ids(api, 'DescribeSecurityGroups', 'securityGroupInfo', 'groupId', { ...of, 'group-name': 'default' }));
  return { vpcId, subnetIds, groupIds };
}

async function letMembersIn(api: Api, groupId: string): Promise<void> {
  try {
    const rule = { 'IpPermissions.1.IpProtocol': '-1', 'IpPermissions.1.Groups.1.GroupId': groupId };
    await api.query('ec2', 'AuthorizeSecurityGroupIngress', { GroupId: groupId, ...rule });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'InvalidPermission.Duplicate')) throw error;
  }
}

const tagged = (type: string): Record<string, string> => ({
  'TagSpecification.1.ResourceType': type,
  'TagSpecification.1.Tag.1.Key': 'Name',
  'TagSpecification.1.Tag.1.Value': name,
});

type Filters = Readonly<Record<string, string>>;

async function first(api: Api, action: string, set: string, id: string, filters: Filters): Promise<string | undefined> {
  return (await ids(api, action, set, id, filters))[0];
}

/** The ids that a Describe operation finds. */
async function ids(api: Api, action: string, set: string, id: string, filters: Filters): Promise<string[]> {
  const asked = Object.entries(filters).flatMap(([filter, value], index) => [
    [`Filter.${index + 1}.Name`, filter],
    [`Filter.${index + 1}.Value.1`, value],
  ]);
  const answer = await api.query('ec2', action, Object.fromEntries(asked) as Record<string, string>);
  return answer.all(set).flatMap((rows: Answer) => rows.all('item').map((row) => row.text(id)));
}
