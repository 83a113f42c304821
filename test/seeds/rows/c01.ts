import { CreateSubnetCommand, CreateVpcCommand, DescribeSecurityGroupsCommand, type Tenancy } from '@aws-sdk/client-ec2';
import { present } from '../../../src/stdx/assert.ts';
import { compilationIn, type CompilationSetting } from '../compilation.ts';
import { claim, proofOf, Refuted, type SeedRow } from '../seed.ts';
import type { World } from '../world.ts';

async function setting(world: World, InstanceTenancy: Tenancy): Promise<CompilationSetting> {
  const daemon = await world.whole();
  const { Vpc } = await daemon.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', InstanceTenancy }));
  const vpcId = present(Vpc?.VpcId, 'a VPC has an id');
  const { Subnet } = await daemon.ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.1.0/24' }));
  const { SecurityGroups } = await daemon.ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }));
  const network = { vpcId, routeTableId: '', subnetIds: [Subnet?.SubnetId ?? ''], groupIds: [SecurityGroups?.[0]?.GroupId ?? ''] };
  return await compilationIn(daemon, network, world.name('c1'));
}

export const c1: SeedRow = {
  id: 'C1',
  client: 'AWS CLI',
  command: 'aws ec2 create-vpc --instance-tenancy dedicated; aws sagemaker create-compilation-job',
  proofs: [
    proofOf<CompilationSetting>({
      setting: async (world) => await setting(world, 'dedicated'),
      async assertion({ daemon, network, request, jobName }) {
        const refusal = await daemon.aws('sagemaker', 'create-compilation-job', '--cli-input-json', JSON.stringify(request)).then(
          () => undefined,
          (error: unknown) => {
            if (error instanceof Refuted) return error.message;
            throw error;
          },
        );
        claim(refusal !== undefined, `${jobName} was created`);
        claim(refusal.includes(`${network.vpcId}, whose tenancy is dedicated`), refusal);
        return refusal;
      },
      control: { without: 'dedicated tenancy', setting: async (world) => await setting(world, 'default'), refutedBy: /^c1-\d+ was created$/ },
    }),
  ],
};
