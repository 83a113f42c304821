import { trainingEndpointPolicy } from '../../fixtures/guide-policies.ts';
import { createBucket, createJob, jobEnd, jobRequest } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { claimDenied, claimDone, createRoleSession, inVpc, onHost, type RoleSession, type S3Caller } from '../s3-callers.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly needed: string;
  readonly other: string;
  readonly session: RoleSession;
  readonly inside: S3Caller;
  readonly host: S3Caller;
  readonly jobName: string;
}

/** The guide's policy with the resources of one bucket in the place of all. */
const editedFor = (bucket: string): object =>
  JSON.parse(trainingEndpointPolicy.replace('"Resource": "*"', `"Resource": [ "arn:aws:s3:::${bucket}", "arn:aws:s3:::${bucket}/*" ]`)) as object;

async function setting(world: World, policyFor: (bucket: string) => object): Promise<Setting> {
  const daemon = await world.whole();
  const jobName = world.name('t18');
  const needed = await createBucket(daemon, jobName);
  const other = await createBucket(daemon, `${jobName}-other`);
  const network = await createNetwork(daemon, { endpoint: 'in-table', endpointPolicy: policyFor(needed) });
  const session = await createRoleSession(daemon, jobName);
  const inside = await inVpc(world, daemon, network, session);
  return { daemon, network, needed, other, session, inside, host: onHost(world, daemon, session), jobName };
}

export const t18: SeedRow = {
  id: 'T18',
  client: 'JS SDK, on the host and in the VPC',
  command: "CreateVpcEndpoint with the guide's policy edited to one bucket, CreateTrainingJob",
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, editedFor),
      async assertion({ daemon, network, needed, other, session, inside, host, jobName }) {
        const refusal = await claimDenied(
          inside,
          'GetObject',
          { Bucket: other, Key: 'input/rows.csv' },
          'because no VPC endpoint policy allows the s3:GetObject action',
        );
        await claimDone(host, 'GetObject', { Bucket: other, Key: 'input/rows.csv' });
        await claimDone(inside, 'GetObject', { Bucket: needed, Key: 'input/rows.csv' });
        await createJob(daemon, jobRequest(daemon, network, { name: jobName, bucket: needed, roleArn: session.roleArn }));
        const { TrainingJobStatus: status, FailureReason: reason } = await jobEnd(daemon, jobName);
        claim(status === 'Completed', `${jobName} is ${status}: ${reason}`);
        const stray = `${jobName}-stray`;
        await createJob(daemon, jobRequest(daemon, network, { name: stray, bucket: other, roleArn: session.roleArn }));
        const end = await jobEnd(daemon, stray);
        claim(end.TrainingJobStatus === 'Failed', `${stray} is ${end.TrainingJobStatus}`);
        claim(end.FailureReason?.includes('no VPC endpoint policy allows') === true, `${stray} failed otherwise: ${end.FailureReason}`);
        return `${jobName} with ${needed} Completed; ${stray} with ${other} Failed; ${refusal}`;
      },
      control: {
        without: 'the edit: Resource is *',
        setting: async (world) => await setting(world, () => JSON.parse(trainingEndpointPolicy) as object),
        refutedBy: /^GetObject sagemaker-t18-\d+-other input\/rows\.csv from vpc-[0-9a-f]+ was done$/,
      },
    }),
  ],
};
