import { arnOf, demandCreation, demandOn } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { creationOf, sameCreation } from '../idempotency.ts';
import { quotas } from '../quotas.ts';
import { routeTableOf, vpcChanged, vpcOf } from '../resources.ts';
import { wireRouteTable } from '../route-table.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html */
export const createRouteTable: Ec2Operation<'CreateRouteTable'> = {
  authorize: (input, context) => [
    ...demandCreation(context, 'CreateRouteTable', 'route-table', input.TagSpecifications, { 'ec2:Vpc': [arnOf(context, 'vpc', input.VpcId)] }),
    demandOn(context, 'CreateRouteTable', input.VpcId),
  ],
  commit(input, context) {
    const vpc = vpcOf(context, input.VpcId);
    const { store } = context;
    const creation = creationOf(input);
    const earlier = sameCreation(context, store.ec2.routeTables, creation);
    if (earlier !== undefined) return { RouteTable: wireRouteTable(context, earlier), ClientToken: input.ClientToken };
    const requested = requestedTags(input.TagSpecifications, 'route-table');
    if (store.ec2.routeTables.count({ vpcId: vpc.vpcId }) >= quotas.routeTablesPerVpc) throw errors.limitExceeded('RouteTable', 'route tables');

    const routeTableId = identify(context, 'rtb', requested);
    store.ec2.routeTables.insert({
      routeTableId,
      number: store.identifiers.next('route-table'),
      vpcId: vpc.vpcId,
      ownerId: context.accountId,
      createdAt: context.now.toISOString(),
      main: false,
      associations: [],
      routes: vpc.cidrBlocks.map(({ cidrBlock }) => ({ destination: { cidrBlock }, target: { kind: 'local' }, origin: 'CreateRouteTable' })),
      ...creation,
    });
    storeTags(context, routeTableId, requested);
    vpcChanged(context, vpc.vpcId);
    return { RouteTable: wireRouteTable(context, routeTableOf(context, routeTableId)), ClientToken: input.ClientToken };
  },
};
