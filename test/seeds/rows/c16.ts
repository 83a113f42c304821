import { roleProof } from '../compilation-role.ts';
import type { SeedRow } from '../seed.ts';

export const c16: SeedRow = {
  id: 'C16',
  client: 'JS SDK',
  command: 'AttachRolePolicy AmazonSageMakerFullAccess; CreateCompilationJob',
  proofs: [
    roleProof('c16', {
      role: { managed: 'AmazonSageMakerFullAccess', actions: [] },
      control: {
        without: 'the managed policy: a role that may use S3 and logs alone',
        role: { actions: ['s3:*', 'logs:*'] },
        refutedBy: /^c16-\d+ is FAILED: ClientError: The execution role \S+ lacks ec2:\w+, which a job with VpcConfig needs/,
      },
    }),
  ],
};
