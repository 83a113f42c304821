import { AwsError } from '../../aws/aws-error.ts';
import type { NetworkInterfaceRow } from '../../store/ec2.ts';
import type { SagaStep } from '../saga.ts';
import { agentDeviceIndex, algorithmDeviceIndex } from '../vpc-network.ts';
import type { InstanceRecord, TrainingJobContext } from './context.ts';
import { JobFailure } from './job-failure.ts';
import { takeUidRange } from './uid-range.ts';

/** AWS's words for the two interfaces of each instance: one for the algorithm, one for S3 and logging. */
const roles = ['agent', 'algorithm'] as const;
type InterfaceRole = (typeof roles)[number];

const releaseDeadlineMs = 30_000;
const noRoomCodes: ReadonlySet<string> = new Set(['InsufficientFreeAddressesInSubnet']);

/**
 * Two network interfaces per instance, with all the job's groups, in one of its subnets: the first listed that has room
 * for all of them. They are the account's own, made with the execution role's credentials.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
 */
export const createInterfaces: SagaStep<TrainingJobContext> = {
  name: 'create-interfaces',

  async run(context) {
    const { Subnets } = context.request.VpcConfig;
    const full: string[] = [];
    for (const subnetId of Subnets) {
      const instances = await createInSubnet(context, subnetId);
      if (instances !== undefined) return { subnetId, instances };
      full.push(subnetId);
    }
    const needed = 2 * context.request.ResourceConfig.InstanceCount;
    throw new JobFailure(
      `ClientError: The specified subnet does not have enough free addresses to satisfy the request. The job needs ${needed} private IP addresses in one subnet, two for each instance; ${full.join(', ')} ${full.length === 1 ? 'has' : 'have'} fewer. Use a larger subnet, or list another one.`,
    );
  },

  async undo(context) {
    const { store } = context.services;
    const vpcIds = new Set<string>();
    // Not by the role's permission: a role that lost it meanwhile must not leak the account's addresses.
    store.transact(() => {
      for (const row of interfacesOf(context)) {
        store.ec2.networkInterfaces.delete(row.networkInterfaceId);
        vpcIds.add(row.vpcId);
      }
      for (const vpcId of vpcIds) store.ec2.bumpGeneration(vpcId);
    });
    for (const vpcId of vpcIds)
      await context.services.networkApplied(vpcId, store.ec2.vpcs.get(vpcId).generation, AbortSignal.timeout(releaseDeadlineMs));
  },
};

async function createInSubnet(context: TrainingJobContext, subnetId: string): Promise<readonly InstanceRecord[] | undefined> {
  const { store } = context.services;
  const instances: InstanceRecord[] = [];
  const uidBase = takeUidRange(store, context.name);
  try {
    for (let index = 1; index <= context.request.ResourceConfig.InstanceCount; index += 1) {
      const host = `algo-${index}`;
      const ids = {} as Record<InterfaceRole, string>;
      for (const role of roles) ids[role] = await ensureInterface(context, subnetId, host, role);
      instances.push({
        host,
        agentInterfaceId: ids.agent,
        algorithmInterfaceId: ids.algorithm,
        uidBase,
      });
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (noRoomCodes.has(error.code)) {
      await createInterfaces.undo?.(context);
      return undefined;
    }
    throw new JobFailure(`ClientError: Network interfaces for the job could not be created: ${error.message}`, { cause: error });
  }
  attach(context, instances);
  return instances;
}

/** In use from now on, and listened in: the algorithm's interface gets the place where its credentials are. */
function attach({ services }: TrainingJobContext, instances: readonly InstanceRecord[]): void {
  const { store, accountId, clock } = services;
  store.transact(() => {
    for (const { agentInterfaceId, algorithmInterfaceId } of instances) {
      for (const [id, deviceIndex] of [
        [agentInterfaceId, agentDeviceIndex],
        [algorithmInterfaceId, algorithmDeviceIndex],
      ] as const) {
        const { attachment, vpcId } = store.ec2.networkInterfaces.get(id);
        if (attachment !== undefined) continue;
        const attachmentId = `ela-attach-${id.slice('eni-'.length)}`;
        store.ec2.attach(id, { attachmentId, attachTime: clock.now().toISOString(), instanceOwnerId: accountId, deviceIndex });
        store.ec2.bumpGeneration(vpcId);
      }
    }
  });
}

/** Found again by its description after a crash between creation and journal, so none is made twice or lost. */
async function ensureInterface(context: TrainingJobContext, subnetId: string, host: string, role: InterfaceRole): Promise<string> {
  const description = `${descriptionPrefix(context)}${host} ${role}`;
  const existing = interfacesOf(context).find((row) => row.description === description);
  if (existing !== undefined) return existing.networkInterfaceId;
  const output = await context.callAsRole('ec2', 'CreateNetworkInterface', {
    SubnetId: subnetId,
    Groups: context.request.VpcConfig.SecurityGroupIds,
    Description: description,
  });
  return (output as { NetworkInterface: { NetworkInterfaceId: string } }).NetworkInterface.NetworkInterfaceId;
}

const descriptionPrefix = (context: TrainingJobContext): string => `[DO NOT DELETE] Network interface of SageMaker training job ${context.name}: `;

function interfacesOf(context: TrainingJobContext): readonly NetworkInterfaceRow[] {
  const prefix = descriptionPrefix(context);
  return context.request.VpcConfig.Subnets.flatMap((subnetId) => context.services.store.ec2.networkInterfaces.list({ subnetId })).filter((row) =>
    row.description.startsWith(prefix),
  );
}
