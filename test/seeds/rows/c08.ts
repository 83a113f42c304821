import { compile } from '../../../src/model/network/compile.ts';
import { compilation, compilationEnd, type CompilationSetting, describeCompilation } from '../compilation.ts';
import { until } from '../job.ts';
import { everyTableLeadsToS3 } from '../routes.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

const awsSentence =
  "ClientError: InputConfiguration: Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the security groups and the subnet's network ACL allow outbound traffic to S3.";

/** A VPC with an endpoint that its subnet's route table has no route to. */
const setting = async (world: World, daemon: SeedDaemon): Promise<CompilationSetting> =>
  await compilation(world, daemon, 'c8', { endpoint: 'in-another-table' });

export const c8: SeedRow = {
  id: 'C8',
  client: 'JS SDK',
  command: 'CreateCompilationJob, DescribeCompilationJob',
  proofs: [
    proofOf<CompilationSetting>({
      setting: async (world) => await setting(world, await world.whole()),
      async assertion(made) {
        const { daemon, network, jobName } = made;
        const counter = `route.${network.routeTableId}`;
        const refused = await until(`${counter} counts or ${jobName} ends`, async () => {
          const packets = await daemon.refusedPackets(network.vpcId, counter);
          const { CompilationJobStatus: status = '' } = await describeCompilation(made);
          return packets > 0 || !['STARTING', 'INPROGRESS'].includes(status) ? packets : undefined;
        });
        const { CompilationJobStatus: status, FailureReason: reason = '' } = await compilationEnd(made);
        claim(status === 'FAILED', `${jobName} is ${status}`);
        claim(reason.startsWith(awsSentence) && reason.includes(network.routeTableId), `FailureReason is ${reason}`);
        claim(refused > 0, `counter ${counter} did not grow`);
        return `counter ${counter}: ${refused} packets; …${reason.slice(awsSentence.length)}`;
      },
      control: {
        without: 'the route gate: every table leads to the endpoint',
        setting: async (world) => await setting(world, await world.daemon({ compile: (all, vpcId) => compile(everyTableLeadsToS3(all), vpcId) })),
        refutedBy: /^c8-\d+ is COMPLETED$/,
      },
    }),
  ],
};
