import type { InternetGatewayRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import * as errors from './errors.ts';
import { quotas } from './quotas.ts';
import { internetGatewayOf } from './resources.ts';
import { identify, storeTags, type RequestedTags } from './tags.ts';

/** A gateway of no VPC yet. */
export function insertInternetGateway(context: OperationContext, tags: RequestedTags): InternetGatewayRow {
  const { internetGateways } = context.store.ec2;
  if (internetGateways.count() >= quotas.internetGateways) throw errors.limitExceeded('InternetGateway', 'internet gateways');
  const internetGatewayId = identify(context, 'igw', tags);
  internetGateways.insert({
    internetGatewayId,
    number: context.store.identifiers.next('internet-gateway'),
    ownerId: context.accountId,
    createdAt: context.now.toISOString(),
  });
  storeTags(context, internetGatewayId, tags);
  return internetGatewayOf(context, internetGatewayId);
}
