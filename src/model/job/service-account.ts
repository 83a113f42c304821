import type { Principal } from '../policy/principal.ts';

/**
 * Who owns the networks that SageMaker manages itself. An account has twelve digits, so that none is this one: whatever it
 * has is in nobody's listings, and nobody has credentials of it.
 */
export const serviceAccountId = 'sagemaker';
/** As whom a job's saga makes interfaces there. */
export const serviceAccountRoot = {
  type: 'root',
  accountId: serviceAccountId,
  arn: `arn:aws:iam::${serviceAccountId}:root`,
} as const satisfies Principal;
