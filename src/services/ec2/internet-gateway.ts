import type { InternetGateway } from '@aws-sdk/client-ec2';
import type { InternetGatewayRow } from '../../store/ec2.ts';
import type { FilterTable } from './filters.ts';
import type { ResourceContext } from './resources.ts';
import { wireTags } from './tags.ts';

/** An attached internet gateway is `available`, as EC2 says it; the model's enum is another resource's. */
const attached = 'available' as 'attached';

export function wireInternetGateway(context: ResourceContext, { internetGatewayId, vpcId, ownerId }: InternetGatewayRow): InternetGateway {
  return {
    InternetGatewayId: internetGatewayId,
    OwnerId: ownerId,
    Attachments: vpcId === undefined ? [] : [{ State: attached, VpcId: vpcId }],
    Tags: wireTags(context, internetGatewayId),
  };
}

export function internetGatewayOfVpc({ store }: ResourceContext, vpcId: string): InternetGatewayRow | undefined {
  return store.ec2.internetGateways.list({ vpcId })[0];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html */
export const internetGatewayFilters: FilterTable<InternetGatewayRow> = {
  'attachment.state': ({ vpcId }) => (vpcId === undefined ? [] : attached),
  'attachment.vpc-id': ({ vpcId }) => vpcId,
  'internet-gateway-id': ({ internetGatewayId }) => internetGatewayId,
  'owner-id': ({ ownerId }) => ownerId,
};
