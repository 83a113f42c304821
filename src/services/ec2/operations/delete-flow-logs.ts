import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { flowLogsNotFound } from '../errors.ts';

/** What was not delivered yet goes with it. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteFlowLogs.html */
export const deleteFlowLogs: Ec2Operation<'DeleteFlowLogs'> = {
  authorize: actsOn('DeleteFlowLogs', ({ FlowLogIds }: Ec2Input<'DeleteFlowLogs'>) => FlowLogIds),
  commit(input, context) {
    const { flowLogs, ec2 } = context.store;
    const ids = [...new Set(input.FlowLogIds)];
    const unknown = ids.filter((id) => flowLogs.rows.find(id)?.ownerId !== context.accountId);
    if (unknown.length > 0) throw flowLogsNotFound(unknown);
    for (const id of ids) {
      flowLogs.delete(id);
      ec2.removeTags(id);
    }
    context.wake('flow-logs');
    return { Unsuccessful: [] };
  },
};
