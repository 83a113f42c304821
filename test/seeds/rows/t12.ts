import { CreateTrainingJobCommand, type CreateTrainingJobCommandInput, type VpcConfig } from '@aws-sdk/client-sagemaker';
import { isDeepStrictEqual } from 'node:util';
import { stays, jobRequest } from '../job.ts';
import { createNetwork } from '../network.ts';
import { claim, proofOf, Refuted, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import { sentences } from '../sentences.ts';
import type { World } from '../world.ts';

/** The guide's own text, as it stands there. */
const example = sentences.T12.slice('VpcConfig: '.length);
const { Subnets, SecurityGroupIds } = JSON.parse(example) as { Subnets: string[]; SecurityGroupIds: string[] };

interface Example {
  readonly daemon: SeedDaemon;
  readonly request: CreateTrainingJobCommandInput;
}

async function exampleSetting(world: World, daemon: SeedDaemon, chosen: { subnetIds?: string[]; groupIds?: string[] }): Promise<Example> {
  const network = await createNetwork(daemon, { subnets: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'], ...chosen });
  return { daemon, request: jobRequest(daemon, network, { name: world.name('t12'), entrypoint: stays }) };
}

const theExample = proofOf<Example>({
  setting: async (world) => await exampleSetting(world, await world.whole(), { subnetIds: Subnets, groupIds: SecurityGroupIds }),
  async assertion({ daemon, request }) {
    const { VpcConfig: _own, ...others } = request;
    const json = JSON.stringify(others);
    await daemon.aws('sagemaker', 'create-training-job', '--cli-input-json', json, '--vpc-config', example);
    const job = await daemon.aws('sagemaker', 'describe-training-job', '--training-job-name', request.TrainingJobName ?? '');
    claim(isDeepStrictEqual(job.VpcConfig, JSON.parse(example)), `VpcConfig is ${JSON.stringify(job.VpcConfig)}`);
    return `the example is accepted verbatim and echoed: ${job.TrainingJobArn}`;
  },
  control: {
    without: 'these subnets and this group in the account',
    setting: async (world) => await exampleSetting(world, await world.daemon(), {}),
    refutedBy: /ValidationException.*subnet-0123456789abcdef0' does not exist/,
  },
});

interface Limits {
  readonly daemon: SeedDaemon;
  readonly request: CreateTrainingJobCommandInput;
}

const ids = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-0123456789abcde${(index + 16).toString(16)}`);
const [sixteen, five] = ['Member must have length less than or equal to 16', 'Member must have length less than or equal to 5'];
const one = 'Member must have length greater than or equal to 1';

/** What the guide's parameter takes no more or fewer of, and AWS's words for it. */
const outside: readonly (VpcConfig & { member: string; sentence: string })[] = [
  { Subnets: ids('subnet', 17), SecurityGroupIds, member: 'vpcConfig.subnets', sentence: sixteen },
  { Subnets: [], SecurityGroupIds, member: 'vpcConfig.subnets', sentence: one },
  { Subnets, SecurityGroupIds: ids('sg', 6), member: 'vpcConfig.securityGroupIds', sentence: five },
  { Subnets, SecurityGroupIds: [], member: 'vpcConfig.securityGroupIds', sentence: one },
];

const printed = (list: readonly string[] | undefined): string => `[${(list ?? []).join(', ')}]`;

async function limitsSetting(world: World, daemon: SeedDaemon): Promise<Limits> {
  return { daemon, request: jobRequest(daemon, await createNetwork(daemon), { name: world.name('t12'), entrypoint: stays }) };
}

const theLimits = proofOf<Limits>({
  setting: async (world) => await limitsSetting(world, await world.whole()),
  async assertion({ daemon, request }) {
    for (const { member, sentence, ...VpcConfig } of outside) {
      const value = printed(member === 'vpcConfig.subnets' ? VpcConfig.Subnets : VpcConfig.SecurityGroupIds);
      const wanted = `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${sentence}`;
      const said = await refusal(daemon, { ...request, VpcConfig });
      claim(said === `ValidationException: ${wanted}`, `${value} at ${member} got: ${said}`);
    }
    return "17 and 0 subnets, 6 and 0 groups are refused in AWS's words";
  },
  control: {
    without: "the validation of AWS's constraints",
    setting: async (world) => await limitsSetting(world, await world.daemon({ validate: () => undefined })),
    refutedBy: /^\[subnet-[\w, -]+\] at vpcConfig.subnets got: (?!.*failed to satisfy constraint)/,
  },
});

async function refusal({ sagemaker }: SeedDaemon, request: CreateTrainingJobCommandInput): Promise<string> {
  try {
    await sagemaker.send(new CreateTrainingJobCommand(request));
  } catch (error) {
    if (error instanceof Error && '$metadata' in error) return `${error.name}: ${error.message}`;
    throw error;
  }
  throw new Refuted(`${request.TrainingJobName} was accepted`);
}

export const t12: SeedRow = {
  id: 'T12',
  client: 'AWS CLI and JS SDK',
  command: `aws sagemaker create-training-job --vpc-config '${example}'`,
  proofs: [theExample, theLimits],
};
