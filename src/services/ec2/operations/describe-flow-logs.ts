import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { flowLogFilters, wireFlowLog } from '../flow-log.ts';
import { flowLogOf, presentFlowLogs } from '../resources.ts';

/** Leaves out what is not there, and Terraform's provider counts on it. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html */
export const describeFlowLogs: Ec2Operation<'DescribeFlowLogs'> = {
  authorize: readsAll('DescribeFlowLogs'),
  commit({ Filter: Filters, FlowLogIds: ids = [], ...input }, context) {
    const { rows, nextToken } = describe(
      context,
      { ...input, Filters },
      {
        ids: undefined,
        find: (id) => flowLogOf(context, id),
        list: () => (ids.length === 0 ? ownedBy(context, context.store.flowLogs.rows.list()) : presentFlowLogs(context, ids)),
        idOf: ({ flowLogId }) => flowLogId,
        filters: flowLogFilters,
      },
    );
    return { FlowLogs: rows.map((row) => wireFlowLog(context, row)), NextToken: nextToken };
  },
};
