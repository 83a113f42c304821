import { demandCreation } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { wireInternetGateway } from '../internet-gateway.ts';
import { quotas } from '../quotas.ts';
import { internetGatewayOf } from '../resources.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html */
export const createInternetGateway: Ec2Operation<'CreateInternetGateway'> = {
  authorize: (input, context) => demandCreation(context, 'CreateInternetGateway', 'internet-gateway', input.TagSpecifications),
  commit(input, context) {
    const { internetGateways } = context.store.ec2;
    const requested = requestedTags(input.TagSpecifications, 'internet-gateway');
    if (internetGateways.count() >= quotas.internetGateways) throw errors.limitExceeded('InternetGateway', 'internet gateways');
    const internetGatewayId = identify(context, 'igw', requested);
    internetGateways.insert({
      internetGatewayId,
      number: context.store.identifiers.next('internet-gateway'),
      ownerId: context.accountId,
      createdAt: context.now.toISOString(),
    });
    storeTags(context, internetGatewayId, requested);
    return { InternetGateway: wireInternetGateway(context, internetGatewayOf(context, internetGatewayId)) };
  },
};
