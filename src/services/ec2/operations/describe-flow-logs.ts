import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { flowLogFilters, wireFlowLog } from '../flow-log.ts';
import { flowLogOf } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html */
export const describeFlowLogs: Ec2Operation<'DescribeFlowLogs'> = {
  authorize: readsAll('DescribeFlowLogs'),
  commit({ Filter: Filters, ...input }, context) {
    const { rows, nextToken } = describe(
      context,
      { ...input, Filters },
      {
        ids: input.FlowLogIds,
        find: (id) => flowLogOf(context, id),
        list: () => ownedBy(context, context.store.flowLogs.rows.list()),
        idOf: ({ flowLogId }) => flowLogId,
        filters: flowLogFilters,
      },
    );
    return { FlowLogs: rows.map((row) => wireFlowLog(context, row)), NextToken: nextToken };
  },
};
