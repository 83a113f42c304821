import { AwsError } from '../../../aws/aws-error.ts';
import { flowLogsPrincipal } from '../../../model/flow-logs/delivery.ts';
import type { FlowLogRow } from '../../../store/flow-logs.ts';
import { passRoleDemand } from '../../iam/pass-role.ts';
import type { OperationContext } from '../../operation.ts';
import { demandCreation, demandOn } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { openBucketToDelivery } from '../flow-log-bucket.ts';
import { vpcOfResource, wantedFlowLog } from '../flow-log-request.ts';
import { creationOf } from '../idempotency.ts';
import { quotas } from '../quotas.ts';
import { identify, type RequestedTags, requestedTags, storeTags } from '../tags.ts';

/** One flow log per resource. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html */
export const createFlowLogs: Ec2Operation<'CreateFlowLogs'> = {
  authorize: (input, context) => [
    ...demandCreation(context, 'CreateFlowLogs', 'vpc-flow-log', input.TagSpecifications),
    ...input.ResourceIds.map((id) => demandOn(context, 'CreateFlowLogs', id)),
    ...(input.DeliverLogsPermissionArn === undefined ? [] : [passRoleDemand(input.DeliverLogsPermissionArn, flowLogsPrincipal)]),
    // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
    ...(input.LogDestinationType === 's3' ? [{ action: 'logs:CreateLogDelivery', resource: '*' }] : []),
  ],
  commit(input, context) {
    const wanted = wantedFlowLog(input, context);
    if (input.ResourceIds.length === 0) throw errors.parameterRequired('resourceId');
    const creation = creationOf(input);
    const earlier = sameCreations(context, creation);
    const { ClientToken } = input;
    if (earlier.length > 0) return { FlowLogIds: earlier, ClientToken, Unsuccessful: [] };
    const requested = requestedTags(input.TagSpecifications, 'vpc-flow-log');
    const resourceIds = [...new Set(input.ResourceIds)];
    if (requested.chosenId !== undefined && resourceIds.length > 1) throw errors.chosenIdOfMany();
    const resources = resourceIds.map((resourceId) => ({ resourceId, vpcId: vpcOfResource(context, wanted.resourceType, resourceId) }));
    try {
      if (wanted.destination.type === 's3') openBucketToDelivery(context, wanted.destination);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const Error = { Code: error.code, Message: error.message };
      return { FlowLogIds: [], ClientToken, Unsuccessful: resourceIds.map((ResourceId) => ({ ResourceId, Error })) };
    }
    const FlowLogIds = resources.map((resource) => createFlowLog(context, { ...wanted, ...resource, ...creation }, requested));
    context.wake('flow-logs');
    return { FlowLogIds, ClientToken, Unsuccessful: [] };
  },
};

function createFlowLog(
  context: OperationContext,
  wanted: Omit<FlowLogRow, 'flowLogId' | 'ownerId' | 'createdAt' | 'deliverLogsStatus'>,
  requested: RequestedTags,
): string {
  const { rows } = context.store.flowLogs;
  const others = rows.list({ resourceId: wanted.resourceId });
  if (others.some((other) => isSame(other, wanted))) throw errors.flowLogExists();
  if (others.length >= quotas.flowLogsPerResource) throw errors.flowLogLimitExceeded();
  const flowLogId = identify(context, 'fl', requested);
  const { accountId: ownerId, now } = context;
  rows.insert({ ...wanted, flowLogId, ownerId, createdAt: now.toISOString(), deliverLogsStatus: 'SUCCESS' });
  storeTags(context, flowLogId, requested);
  return flowLogId;
}

type Compared = Pick<FlowLogRow, 'trafficType' | 'destination' | 'logFormat' | 'maxAggregationIntervalSeconds'>;

const isSame = (a: Compared, b: Compared): boolean => configuration(a) === configuration(b);
const configuration = ({ trafficType, destination, logFormat, maxAggregationIntervalSeconds }: Compared): string =>
  JSON.stringify([trafficType, destination, logFormat, maxAggregationIntervalSeconds]);

/** Those that the same request made before. */
function sameCreations(
  { store, accountId }: OperationContext,
  { clientToken, creationSha256 }: Pick<FlowLogRow, 'clientToken' | 'creationSha256'>,
): string[] {
  if (clientToken === undefined) return [];
  const earlier = store.flowLogs.rows.list({ clientToken }).filter(({ ownerId }) => ownerId === accountId);
  if (earlier.some((row) => row.creationSha256 !== creationSha256)) throw errors.idempotentParameterMismatch();
  return earlier.map(({ flowLogId }) => flowLogId);
}
