import { AwsError } from '../../aws/aws-error.ts';
import { trainingEc2Actions } from '../../model/job/needs.ts';
import { sagemakerPrincipal } from '../../model/job/execution-role.ts';
import type { SagaStep } from '../saga.ts';
import type { TrainingJobContext } from './context.ts';
import { JobFailure } from './job-failure.ts';

/** Assumes the role and names the first of the nine actions that its policies do not allow. */
export const authoriseRole: SagaStep<TrainingJobContext> = {
  name: 'authorise-role',
  async run(context) {
    const { access, clock } = context.services;
    const { RoleArn } = context.request;
    try {
      context.session();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new JobFailure(`ClientError: SageMaker was unable to assume the role '${RoleArn}'. ${error.message}`, { cause: error });
    }
    const { principal } = context.session();
    for (const action of trainingEc2Actions) {
      const decision = access.authorise({
        principal,
        arrival: { kind: 'service', servicePrincipal: sagemakerPrincipal },
        demand: { action, resource: '*' },
        now: clock.now(),
      });
      if (decision.verdict !== 'allow') {
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
