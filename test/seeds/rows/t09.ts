import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { jobRequest, stays } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly request: CreateTrainingJobCommandInput;
}

/** Creates the job of its input and tells what came of it: the echo, and the interfaces in the VPC. */
const program = `
import boto3, json, sys, time
given = json.load(sys.stdin)
sagemaker, ec2 = boto3.client('sagemaker'), boto3.client('ec2')
sagemaker.create_training_job(**given['request'])
name = given['request']['TrainingJobName']
for attempt in range(40):
    job = sagemaker.describe_training_job(TrainingJobName=name)
    found = ec2.describe_network_interfaces(Filters=[{'Name': 'vpc-id', 'Values': [given['vpcId']]}])['NetworkInterfaces']
    if len(found) == 2 or 'FailureReason' in job: break
    time.sleep(0.1)
print(json.dumps({'vpcConfig': job.get('VpcConfig'), 'interfaces': [each['NetworkInterfaceId'] for each in found]}))
`;

async function setting(world: World): Promise<Setting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon);
  return { daemon, network, request: jobRequest(daemon, network, { name: world.name('t9'), entrypoint: stays }) };
}

export const t9: SeedRow = {
  id: 'T9',
  client: 'boto3',
  command: 'create_training_job(VpcConfig=…)',
  proofs: [
    proofOf<Setting>({
      setting,
      async assertion({ daemon, network, request }) {
        const seen = await daemon.boto3(program, { request, vpcId: network.vpcId });
        const { Subnets = [], SecurityGroupIds = [] } = seen.vpcConfig ?? {};
        claim(
          String([Subnets, SecurityGroupIds]) === String([network.subnetIds, network.groupIds]),
          `VpcConfig is ${JSON.stringify(seen.vpcConfig)}`,
        );
        claim(seen.interfaces.length === 2, `${network.vpcId} has ${seen.interfaces.length} interfaces`);
        return `${request.TrainingJobName} is in ${network.vpcId} by its VpcConfig: ${seen.interfaces.join(' and ')}`;
      },
      control: {
        without: 'the parameter VpcConfig',
        async setting(world) {
          const { daemon, network, request } = await setting(world);
          const { VpcConfig: _left, ...withoutConfig } = request;
          return { daemon, network, request: withoutConfig };
        },
        refutedBy: /without VpcConfig|^VpcConfig is (undefined|null)/,
      },
    }),
  ],
};
