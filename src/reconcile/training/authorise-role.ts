import { RoleRefused } from '../../access/access.ts';
import { AwsError } from '../../aws/aws-error.ts';
import { trainingEc2Actions } from '../../model/job/needs.ts';
import { sagemakerPrincipal } from '../../model/job/execution-role.ts';
import type { AccessRequest } from '../../model/policy/decision.ts';
import type { SagaStep } from '../saga.ts';
import type { TrainingJobContext } from './context.ts';
import { JobFailure } from './job-failure.ts';

/** Assumes the role and names the first of the nine actions that its policies do not allow. */
export const authoriseRole: SagaStep<TrainingJobContext> = {
  name: 'authorise-role',
  async run(context) {
    const { access, clock, recordRefusal } = context.services;
    const { RoleArn } = context.request;
    try {
      context.session();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error instanceof RoleRefused) recordRefusal(context.name, error.asked, error.decision);
      throw new JobFailure(`ClientError: SageMaker was unable to assume the role '${RoleArn}'. ${error.message}`, { cause: error });
    }
    // In the network that SageMaker manages the interfaces are its own.
    if (context.request.VpcConfig === undefined) return;
    const { principal } = context.session();
    for (const action of trainingEc2Actions) {
      const asked: AccessRequest = {
        principal,
        arrival: { kind: 'service', servicePrincipal: sagemakerPrincipal },
        demand: { action, resource: '*' },
        now: clock.now(),
      };
      const decision = access.authorise(asked);
      if (decision.verdict !== 'allow') {
        recordRefusal(context.name, asked, decision);
        throw new JobFailure(
          `ClientError: The execution role ${RoleArn} lacks ${action}, which a job with VpcConfig needs. ${decision.message}. Allow ${trainingEc2Actions.join(', ')} in a policy of the role.`,
        );
      }
    }
  },

  /** Credentials of a job are worth nothing after its end. */
  async undo({ services: { store, access }, row }) {
    store.transact(() => access.endSessions(row.trainingJobArn));
    await Promise.resolve();
  },
};
