import { createHash } from 'node:crypto';
import { AwsError } from '../../aws/aws-error.ts';
import { dhcpFailure } from '../../model/job/dhcp-failure.ts';
import { serviceAccountId, serviceAccountRoot } from '../../model/job/service-account.ts';
import { availableAddressCount, parseCidr } from '../../model/network/addresses.ts';
import type { Principal } from '../../model/policy/principal.ts';
import type { NetworkInterfaceRow } from '../../store/ec2.ts';
import { assert } from '../../stdx/assert.ts';
import type { SagaStep } from '../saga.ts';
import { agentDeviceIndex, algorithmDeviceIndex, peerDeviceIndex } from '../vpc-network.ts';
import type { InstanceRecord, JobContext } from './job-context.ts';
import { JobFailure } from './job-failure.ts';
import { takeUidRange } from './uid-range.ts';

/** AWS's words for the two interfaces of each instance: one for the algorithm, one for S3 and logging. */
const roles = ['agent', 'algorithm'] as const;
type InterfaceRole = (typeof roles)[number];

const releaseDeadlineMs = 30_000;
const noRoomCodes: ReadonlySet<string> = new Set(['InsufficientFreeAddressesInSubnet']);

/** Where interfaces are made, and as whom. */
interface Place {
  readonly subnetId: string;
  readonly groupIds: readonly string[];
  /** In the client tokens: those of a network that SageMaker manages are found again without it. */
  readonly label: string;
  /** Undefined: the execution role. */
  readonly principal?: Principal;
}

/** Interfaces of SageMaker's own networks, and their labels. */
const managedLabel = 'managed';
const peersLabel = 'peers';

/**
 * Two network interfaces per instance, with all the job's groups, in one of its subnets: the first listed that has room
 * for all of them. They are the account's own, made with the execution role's credentials. Without VpcConfig they are in the
 * network that SageMaker manages. The algorithm's of an isolated job is in neither: it is in a network of this job alone.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
 */
export const createInterfaces: SagaStep<JobContext> = {
  name: 'create-interfaces',

  async run(context) {
    requireDhcpOptions(context);
    const places = placesOf(context);
    const full: string[] = [];
    for (const place of places) {
      const instances = await createIn(context, place);
      if (instances !== undefined) return { subnetId: place.subnetId, instances };
      full.push(place.subnetId);
    }
    const { vpcConfig, isIsolated, hosts } = context;
    assert(vpcConfig !== undefined, 'the network that SageMaker manages has room for all jobs that run at once');
    const [each, eachWord] = isIsolated ? [1, 'one'] : [2, 'two'];
    throw new JobFailure(
      `ClientError: The specified subnet does not have enough free addresses to satisfy the request. The job needs ${each * hosts.length} private IP addresses in one subnet, ${eachWord} for each instance; ${full.map((subnetId) => `${subnetId} has ${freeAddresses(context, subnetId)} free`).join(', ')}. Use a larger subnet, or list another one.`,
    );
  },

  async undo(context) {
    await deleteInterfaces(context);
    const { serviceNetworks } = context.services;
    if (context.vpcConfig !== undefined && !context.isIsolated) return;
    serviceNetworks.release(context.sagaId);
    if (context.isIsolated) await serviceNetworks.removed(AbortSignal.timeout(releaseDeadlineMs));
  },
};

/** Of the VPC of the job's subnets. What became of a subnet since is said when its interfaces are made. */
function requireDhcpOptions({ vpcConfig, services: { store, region } }: JobContext): void {
  const subnet = store.ec2.subnets.find(vpcConfig?.Subnets[0] ?? '');
  if (subnet === undefined) return;
  const vpc = store.ec2.vpcs.get(subnet.vpcId);
  const failure = dhcpFailure(vpc.dhcpOptionsId, store.ec2.dhcpConfigurationsOf(vpc, region));
  if (failure !== undefined) throw new JobFailure(failure);
}

/** Of each subnet that was tried, when the job had let go of what it got there. */
function freeAddresses({ services: { store } }: JobContext, subnetId: string): number {
  const block = parseCidr(store.ec2.subnets.find(subnetId)?.cidrBlock ?? '');
  return block === undefined ? 0 : availableAddressCount(block, store.ec2.networkInterfaces.count({ subnetId }));
}

/** In the order in which they are tried. */
function placesOf({ vpcConfig, services, sagaId }: JobContext): readonly Place[] {
  if (vpcConfig !== undefined) return vpcConfig.Subnets.map((subnetId) => ({ subnetId, groupIds: vpcConfig.SecurityGroupIds, label: subnetId }));
  const { subnetId, groupId } = services.serviceNetworks.ensure('managed', sagaId);
  return [{ subnetId, groupIds: [groupId], label: managedLabel, principal: serviceAccountRoot }];
}

function peerPlace({ services, sagaId }: JobContext): Place {
  const { subnetId, groupId } = services.serviceNetworks.ensure('peers', sagaId);
  return { subnetId, groupIds: [groupId], label: peersLabel, principal: serviceAccountRoot };
}

/** Undefined when there is no room, and nothing was left there. */
async function createIn(context: JobContext, place: Place): Promise<readonly InstanceRecord[] | undefined> {
  const instances: InstanceRecord[] = [];
  const uidBase = takeUidRange(context);
  try {
    const algorithmPlace = context.isIsolated ? peerPlace(context) : place;
    for (const host of context.hosts) {
      const agentInterfaceId = await ensureInterface(context, place, host, 'agent');
      const algorithmInterfaceId = await ensureInterface(context, algorithmPlace, host, 'algorithm');
      instances.push({ host, agentInterfaceId, algorithmInterfaceId, uidBase });
    }
  } catch (error) {
    // What is Cloister's own fault is not told as the role's.
    if (!(error instanceof AwsError) || error.status >= 500 || place.principal !== undefined) throw error;
    if (noRoomCodes.has(error.code)) {
      await deleteInterfaces(context);
      return undefined;
    }
    throw new JobFailure(`ClientError: Network interfaces for the job could not be created: ${error.message}`, { cause: error });
  }
  return instances;
}

async function deleteInterfaces(context: JobContext): Promise<void> {
  const { store, networkApplied } = context.services;
  const vpcIds = new Set<string>();
  // Not by the role's permission: a role that lost it meanwhile must not leak the account's addresses.
  store.transact(() => {
    for (const row of interfacesOf(context)) {
      store.ec2.deleteNetworkInterface(row.networkInterfaceId);
      vpcIds.add(row.vpcId);
    }
    for (const vpcId of vpcIds) store.ec2.bumpGeneration(vpcId);
  });
  for (const vpcId of vpcIds) await networkApplied(vpcId, store.ec2.vpcs.get(vpcId).generation, AbortSignal.timeout(releaseDeadlineMs));
}

/** In use from now on, and listened in: the algorithm's interface gets the place where its credentials are, unless it is an isolated one. */
function attach({ services, sagaId, encryptsTraffic }: JobContext, networkInterfaceId: string, deviceIndex: number): void {
  const { store, accountId, clock } = services;
  store.transact(() => {
    const { attachment, vpcId, ownerId } = store.ec2.networkInterfaces.get(networkInterfaceId);
    if (attachment !== undefined) return;
    store.ec2.attach(networkInterfaceId, {
      attachmentId: `ela-attach-${networkInterfaceId.slice('eni-'.length)}`,
      attachTime: clock.now().toISOString(),
      instanceOwnerId: ownerId === serviceAccountId ? serviceAccountId : accountId,
      deviceIndex,
    });
    // Before anything is in there: nothing that it ever sends to the others is plain.
    if (encryptsTraffic && deviceIndex !== agentDeviceIndex) store.ec2.networkInterfaces.update(networkInterfaceId, { tunnel: sagaId });
    store.ec2.bumpGeneration(vpcId);
  });
}

/** Made once, however often it is asked for: the token finds what was made before a crash, and nobody else can know it. */
async function ensureInterface(context: JobContext, place: Place, host: string, role: InterfaceRole): Promise<string> {
  const output = await context.services.call(
    'ec2',
    'CreateNetworkInterface',
    {
      SubnetId: place.subnetId,
      Groups: place.groupIds,
      Description: `[DO NOT DELETE] Network interface of SageMaker ${context.noun} ${context.name}: ${host} ${role}`,
      ClientToken: clientToken(context, place.label, host, role),
    },
    place.principal ?? context.session().principal,
  );
  const { NetworkInterfaceId } = (output as { NetworkInterface: { NetworkInterfaceId: string } }).NetworkInterface;
  attach(context, NetworkInterfaceId, place.label === peersLabel ? peerDeviceIndex : deviceIndexes[role]);
  return NetworkInterfaceId;
}

const deviceIndexes: Readonly<Record<InterfaceRole, number>> = { agent: agentDeviceIndex, algorithm: algorithmDeviceIndex };

/** 64 characters, the longest that there may be. By it, and not by a description that anybody may write, a job's interfaces are its own. */
function clientToken({ row }: JobContext, label: string, host: string, role: InterfaceRole): string {
  return createHash('sha256').update([row.credentialsId, label, host, role].join(' ')).digest('hex');
}

function interfacesOf(context: JobContext): readonly NetworkInterfaceRow[] {
  const { networkInterfaces } = context.services.store.ec2;
  const labels = [...new Set(context.vpcConfig?.Subnets), managedLabel, peersLabel];
  return labels.flatMap((label) =>
    context.hosts.flatMap((host) => roles.flatMap((role) => networkInterfaces.list({ clientToken: clientToken(context, label, host, role) }))),
  );
}
