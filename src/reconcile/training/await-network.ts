import { present } from '../../stdx/assert.ts';
import type { SagaStep } from '../saga.ts';
import type { TrainingJobContext } from './context.ts';

const networkAppliedMs = 60_000;

/** Nothing of a job starts before the kernel holds its interfaces, their groups and their routes. */
export const awaitNetwork: SagaStep<TrainingJobContext> = {
  name: 'await-network',
  async run(context, signal) {
    const { store, networkApplied } = context.services;
    const first = present(context.instances[0], 'a job has an instance');
    const { vpcId } = store.ec2.networkInterfaces.get(first.agentInterfaceId);
    const { generation } = store.ec2.vpcs.get(vpcId);
    await networkApplied(vpcId, generation, AbortSignal.any([signal, AbortSignal.timeout(networkAppliedMs)]));
    return { vpcId, generation };
  },
};
