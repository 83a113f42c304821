import { present } from '../../stdx/assert.ts';
import type { SagaStep } from '../saga.ts';
import type { JobContext } from './job-context.ts';
import { JobFailure } from './job-failure.ts';

const networkAppliedMs = 60_000;

/** Nothing of a job starts before the kernel holds its interfaces, their groups and their routes. */
export const awaitNetwork: SagaStep<JobContext> = {
  name: 'await-network',
  // The kernel outlives a daemon; the resolver and the endpoint's sockets do not.
  runsInEachDaemon: true,
  async run(context, signal) {
    const { store, networkApplied } = context.services;
    const first = present(context.instances[0], 'a job has an instance');
    // An isolated job's two interfaces are in different networks.
    const vpcIds = new Set([first.agentInterfaceId, first.algorithmInterfaceId].map((id) => store.ec2.networkInterfaces.get(id).vpcId));
    const networks = [...vpcIds].map((vpcId) => ({ vpcId, generation: store.ec2.vpcs.get(vpcId).generation }));
    const waiting = AbortSignal.any([signal, AbortSignal.timeout(networkAppliedMs)]);
    for (const { vpcId, generation } of networks) {
      try {
        await networkApplied(vpcId, generation, waiting);
      } catch (error) {
        if (signal.aborted) throw error;
        const reason = `The network of ${vpcId} was not ready within ${networkAppliedMs / 1_000} s: ${error instanceof Error ? error.message : String(error)}`;
        throw JobFailure.of({ kind: 'internal', detail: reason }, { cause: error });
      }
    }
    return { networks };
  },
};
