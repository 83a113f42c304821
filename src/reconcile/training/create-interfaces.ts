import { createHash } from 'node:crypto';
import { AwsError } from '../../aws/aws-error.ts';
import { hostName } from '../../model/job/container-contract.ts';
import type { NetworkInterfaceRow } from '../../store/ec2.ts';
import type { SagaStep } from '../saga.ts';
import { agentDeviceIndex, algorithmDeviceIndex } from '../vpc-network.ts';
import type { InstanceRecord, TrainingJobContext } from './context.ts';
import { JobFailure } from './job-failure.ts';
import { takeUidRange } from './uid-range.ts';

/** AWS's words for the two interfaces of each instance: one for the algorithm, one for S3 and logging. */
const roles = ['agent', 'algorithm'] as const;
type InterfaceRole = (typeof roles)[number];
const deviceIndexes: Readonly<Record<InterfaceRole, number>> = { agent: agentDeviceIndex, algorithm: algorithmDeviceIndex };

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
        store.ec2.deleteNetworkInterface(row.networkInterfaceId);
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
    for (const host of hostsOf(context)) {
      const ids = {} as Record<InterfaceRole, string>;
      for (const role of roles) ids[role] = await ensureInterface(context, subnetId, host, role);
      instances.push({ host, agentInterfaceId: ids.agent, algorithmInterfaceId: ids.algorithm, uidBase });
    }
  } catch (error) {
    // What is Cloister's own fault is not told as the role's.
    if (!(error instanceof AwsError) || error.status >= 500) throw error;
    if (noRoomCodes.has(error.code)) {
      await createInterfaces.undo?.(context);
      return undefined;
    }
    throw new JobFailure(`ClientError: Network interfaces for the job could not be created: ${error.message}`, { cause: error });
  }
  return instances;
}

/** In use from now on, and listened in: the algorithm's interface gets the place where its credentials are. */
function attach({ services }: TrainingJobContext, networkInterfaceId: string, role: InterfaceRole): void {
  const { store, accountId, clock } = services;
  store.transact(() => {
    const { attachment, vpcId } = store.ec2.networkInterfaces.get(networkInterfaceId);
    if (attachment !== undefined) return;
    store.ec2.attach(networkInterfaceId, {
      attachmentId: `ela-attach-${networkInterfaceId.slice('eni-'.length)}`,
      attachTime: clock.now().toISOString(),
      instanceOwnerId: accountId,
      deviceIndex: deviceIndexes[role],
    });
    store.ec2.bumpGeneration(vpcId);
  });
}

/** Made once, however often it is asked for: the token finds what was made before a crash, and nobody else can know it. */
async function ensureInterface(context: TrainingJobContext, subnetId: string, host: string, role: InterfaceRole): Promise<string> {
  const output = await context.callAsRole('ec2', 'CreateNetworkInterface', {
    SubnetId: subnetId,
    Groups: context.request.VpcConfig.SecurityGroupIds,
    Description: `[DO NOT DELETE] Network interface of SageMaker training job ${context.name}: ${host} ${role}`,
    ClientToken: clientToken(context, subnetId, host, role),
  });
  const { NetworkInterfaceId } = (output as { NetworkInterface: { NetworkInterfaceId: string } }).NetworkInterface;
  attach(context, NetworkInterfaceId, role);
  return NetworkInterfaceId;
}

/** 64 characters, the longest that there may be. By it, and not by a description that anybody may write, a job's interfaces are its own. */
function clientToken({ row }: TrainingJobContext, subnetId: string, host: string, role: InterfaceRole): string {
  return createHash('sha256').update([row.credentialsId, subnetId, host, role].join(' ')).digest('hex');
}

function interfacesOf(context: TrainingJobContext): readonly NetworkInterfaceRow[] {
  const { networkInterfaces } = context.services.store.ec2;
  return [...new Set(context.request.VpcConfig.Subnets)].flatMap((subnetId) =>
    hostsOf(context).flatMap((host) => roles.flatMap((role) => networkInterfaces.list({ clientToken: clientToken(context, subnetId, host, role) }))),
  );
}

const hostsOf = ({ request }: TrainingJobContext): string[] =>
  Array.from({ length: request.ResourceConfig.InstanceCount }, (_, index) => hostName(index));
