import { RoleRefused } from '../../access/access.ts';
import { AwsError } from '../../aws/aws-error.ts';
import { sagemakerPrincipal } from '../../model/job/execution-role.ts';
import type { AccessRequest } from '../../model/policy/decision.ts';
import type { SagaStep } from '../saga.ts';
import type { JobContext } from './job-context.ts';
import { JobFailure } from './job-failure.ts';

/** Assumes the role and names the first of the job's actions that its policies do not allow. */
export const authoriseRole: SagaStep<JobContext> = {
  name: 'authorise-role',
  async run(context) {
    const { access, clock, recordRefusal } = context.services;
    const { roleArn, ec2Actions } = context;
    const job = `${context.noun} ${context.name}`;
    try {
      context.session();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error instanceof RoleRefused) recordRefusal(job, error.asked, error.decision);
      throw new JobFailure(`ClientError: SageMaker was unable to assume the role '${roleArn}'. ${error.message}`, { cause: error });
    }
    // In the network that SageMaker manages the interfaces are its own.
    if (context.vpcConfig === undefined) return;
    const { principal } = context.session();
    for (const action of ec2Actions) {
      const asked: AccessRequest = {
        principal,
        arrival: { kind: 'service', servicePrincipal: sagemakerPrincipal },
        demand: { action, resource: '*' },
        now: clock.now(),
      };
      const decision = access.authorise(asked);
      if (decision.verdict !== 'allow') {
        recordRefusal(job, asked, decision);
        throw new JobFailure(
          `ClientError: The execution role ${roleArn} lacks ${action}, which a job with VpcConfig needs. ${decision.message}. Allow ${ec2Actions.join(', ')} in a policy of the role.`,
        );
      }
    }
  },

  /** Credentials of a job are worth nothing after its end. */
  async undo({ services: { store, access }, arn }) {
    store.transact(() => access.endSessions(arn));
    await Promise.resolve();
  },
};
