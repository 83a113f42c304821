import { type TunnelEnd, tunnelRefusal } from '../../drivers/network/tunnel/tunnel-driver.ts';
import { causeOfTrace } from '../../model/network/cause.ts';
import { trace } from '../../model/network/trace.ts';
import { enveloped } from '../../model/network/tunnel.ts';
import { present } from '../../stdx/assert.ts';
import { sleep } from '../../stdx/deadline.ts';
import type { SagaStep } from '../saga.ts';
import type { InstanceRecord } from '../job/job-context.ts';
import { JobFailure } from '../job/job-failure.ts';
import type { TrainingJobContext } from './context.ts';

/** Whoever carries a tunnel is not our child: it may have been an earlier daemon. */
const lookMs = 1_000;

/**
 * EnableInterContainerTrafficEncryption: a tunnel between the algorithms' interfaces, before anything of the job runs. That
 * nothing passes beside it is not its doing: the gate of tunnels stands since the interfaces are there.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html
 */
export const encryptTraffic: SagaStep<TrainingJobContext> = {
  name: 'encrypt-traffic',

  async run(context) {
    if (!context.encryptsTraffic) return;
    requireWay(context);
    const { tunnels } = context.services;
    const refusal = tunnelRefusal(await tunnels.capability());
    if (refusal !== undefined) throw JobFailure.of({ kind: 'no-tunnel', detail: refusal });
    await tunnels.open(context.instances.map((instance) => endOf(context, instance)));
  },

  async undo(context) {
    if (!context.encryptsTraffic) return;
    const { store, tunnels } = context.services;
    for (const instance of context.instances) {
      // Interfaces may have been given back before, when this could not yet be.
      const isThere = store.ec2.networkInterfaces.find(instance.algorithmInterfaceId) !== undefined;
      await tunnels.close(isThere ? endOf(context, instance) : { directory: context.instanceDirectory(instance.host) });
    }
  },
};

function endOf(context: TrainingJobContext, { host, algorithmInterfaceId }: InstanceRecord): TunnelEnd {
  return {
    directory: context.instanceDirectory(host),
    networkNamespacePath: context.namespaceOf(algorithmInterfaceId),
    address: addressOf(context, algorithmInterfaceId),
  };
}

const addressOf = ({ services: { store } }: TrainingJobContext, networkInterfaceId: string): string =>
  store.ec2.networkInterfaces.get(networkInterfaceId).privateIpAddress;

/** The groups, ACLs and routes let the tunnel pass; they are the same for all instances, so each is asked about one other. */
function requireWay(context: TrainingJobContext): void {
  const { instances } = context;
  const world = context.world();
  for (const [index, { algorithmInterfaceId: from }] of instances.entries()) {
    const other = present(instances[(index + 1) % instances.length], 'a job that encrypts has several instances');
    const question = enveloped(world, { from, to: addressOf(context, other.algorithmInterfaceId), protocol: 'udp' });
    const cause = causeOfTrace(world, trace(world, question), other.host);
    if (cause !== undefined) throw JobFailure.of({ kind: 'no-tunnel', detail: cause.text });
  }
}

/** The first instance whose end of the tunnel has ended: what it sends to the others is dropped. */
const lostInstance = (context: TrainingJobContext): InstanceRecord | undefined =>
  context.instances.find(({ host }) => !context.services.tunnels.isOpen(context.instanceDirectory(host)));

/** While the containers run: `onLost` is called once, and it ends. */
export async function watchTunnels(context: TrainingJobContext, onLost: () => void, signal: AbortSignal): Promise<void> {
  if (!context.encryptsTraffic) return;
  while (!signal.aborted) {
    if (lostInstance(context) !== undefined) return onLost();
    await sleep(lookMs, signal).catch(() => undefined);
  }
}

/** The failure of a job that lost an end of its tunnel, if it did. */
export function tunnelLoss(context: TrainingJobContext): JobFailure | undefined {
  const lost = context.encryptsTraffic ? lostInstance(context) : undefined;
  return lost && JobFailure.of({ kind: 'tunnel-lost', host: lost.host });
}
