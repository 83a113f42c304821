import { compile } from '../../../src/model/network/compile.ts';
import { createBucket, describeJob, endsAtOnce, jobEnd, jobRequest, until } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { everyTableLeadsToS3 } from '../routes.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly jobName: string;
}

const awsSentence =
  "ClientError: Data download failed:Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the security groups and the subnet's network ACL allow outbound traffic to S3.";

/** A VPC with an endpoint that its subnet's route table has no route to, and a job that reads from S3. */
async function setting(world: World, daemon: SeedDaemon): Promise<Setting> {
  const network = await createNetwork(daemon, { endpoint: 'in-another-table' });
  const jobName = world.name('t14');
  const bucket = await createBucket(daemon, jobName);
  const request = jobRequest(daemon, network, { name: jobName, entrypoint: endsAtOnce, bucket });
  await daemon.aws('sagemaker', 'create-training-job', '--cli-input-json', JSON.stringify(request));
  return { daemon, network, jobName };
}

export const t14: SeedRow = {
  id: 'T14',
  client: 'AWS CLI',
  command: 'aws sagemaker create-training-job, describe-training-job',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, await world.whole()),
      async assertion({ daemon, network: { vpcId, routeTableId }, jobName }) {
        const counter = `route.${routeTableId}`;
        // A gate counts for as long as something in the VPC can come to it: here, while the job has its interfaces.
        const refused = await until(`${counter} counts or ${jobName} ends`, async () => {
          const packets = await daemon.refusedPackets(vpcId, counter);
          const { TrainingJobStatus } = await describeJob(daemon, jobName);
          return packets > 0 || TrainingJobStatus !== 'InProgress' ? packets : undefined;
        });
        await jobEnd(daemon, jobName);
        const job = await daemon.aws('sagemaker', 'describe-training-job', '--training-job-name', jobName);
        const { TrainingJobStatus, FailureReason = '' } = job;
        claim(TrainingJobStatus === 'Failed', `${jobName} is ${TrainingJobStatus}`);
        claim(FailureReason.startsWith(awsSentence) && FailureReason.includes(routeTableId), `FailureReason is ${FailureReason}`);
        claim(refused > 0, `counter ${counter} did not grow`);
        return `counter ${counter}: ${refused} packets; …${FailureReason.slice(awsSentence.length)}`;
      },
      control: {
        without: 'the route gate: every table leads to the endpoint',
        setting: async (world) => await setting(world, await world.daemon({ compile: (all, vpcId) => compile(everyTableLeadsToS3(all), vpcId) })),
        refutedBy: /^t14-\d+ is Completed$/,
      },
    }),
  ],
};
