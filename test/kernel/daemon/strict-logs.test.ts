import { CreateVpcEndpointCommand, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { available } from './available.ts';
import { bodyOf, DaemonLab, region, sendFromHost, type Network } from './lab.ts';

let lab: DaemonLab;
beforeAll(async () => {
  lab = await DaemonLab.open('in this process', ['--strict-logs']);
  await lab.makeDataAndRole();
});
afterAll(async () => void (await lab?.close()));

function talking(name: string, network: Network) {
  const { InputDataConfig: _data, ...job } = demo.trainingJob(name, network);
  const ContainerEntrypoint = [
    'node',
    '-e',
    'console.log("first"); console.log("\\u0007".repeat(99_000)); setTimeout(() => console.log("last"), 500)',
  ];
  return { ...job, AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File' as const, ContainerEntrypoint } };
}

async function lostLines(job: string): Promise<readonly string[]> {
  const request = { method: 'GET', path: `/_cloister/inspect/${job}`, headers: {}, body: '' };
  const answer = await sendFromHost(lab.onHost(await lab.signed('cloister', request)));
  const { facts } = JSON.parse(bodyOf(answer.text)) as { facts: { fact: string; stored: string[] }[] };
  return facts.flatMap(({ fact, stored }) => (fact === 'algo-1, log lines that were not delivered' ? stored : []));
}

/** What leads from a network to CloudWatch Logs, by AWS's own name. */
async function makeLogsEndpoint(network: Network): Promise<void> {
  const { vpcId: VpcId, subnetId, groupId } = network;
  await lab.allowMembers(network);
  for (const attribute of ['EnableDnsSupport', 'EnableDnsHostnames']) {
    await lab.ec2.send(new ModifyVpcAttributeCommand({ VpcId, [attribute]: { Value: true } }));
  }
  const ServiceName = `com.amazonaws.${region}.logs`;
  const { VpcEndpoint } = await lab.ec2.send(
    new CreateVpcEndpointCommand({ VpcId, ServiceName, VpcEndpointType: 'Interface', SubnetIds: [subnetId], SecurityGroupIds: [groupId] }),
  );
  await available(lab.ec2, VpcEndpoint?.VpcEndpointId ?? '');
}

it('delivers what a job prints through an endpoint of its VPC, and nothing without one: the job says why', async () => {
  const [private_, endless] = [await lab.makeNetwork('10.1.0.0/16'), await lab.makeNetwork('10.2.0.0/16')];
  for (const network of [private_, endless]) await lab.makeS3Endpoint(network);
  await makeLogsEndpoint(private_);

  const silent = await lab.runJob(talking('silent', endless));
  expect([silent.TrainingJobStatus, silent.FailureReason]).toEqual(['Completed', undefined]);
  await expect(lab.logLines('silent')).rejects.toThrow(/does not exist/u);
  expect(await lostLines('silent')).toEqual([
    expect.stringMatching(
      new RegExp(
        `^logs\\.${region}\\.amazonaws\\.com was not reached from eni-[0-9a-f]+: Could not reach logs\\.${region}\\.amazonaws\\.com:443 from ${endless.subnetId}: route table ${endless.routeTableId} has no route to`,
        'u',
      ),
    ),
  ]);

  const heard = await lab.runJob(talking('heard', private_));
  expect([heard.TrainingJobStatus, heard.FailureReason]).toEqual(['Completed', undefined]);
  const lines = await lab.logLines('heard');
  expect([lines[0], lines.at(-1)]).toEqual(['first', 'last']);
  expect(lines.length).toBeGreaterThan(2);
  expect(await lostLines('heard')).toEqual([]);
});

it('delivers what it kept when an endpoint comes while the job runs', async () => {
  const network = await lab.makeNetwork('10.3.0.0/16');
  await lab.makeS3Endpoint(network);
  const program = "console.log('kept');process.on('SIGTERM',()=>process.exit(0));setInterval(()=>{},1e3)";
  const AlgorithmSpecification = { TrainingImage: 'cloister/base', TrainingInputMode: 'File' as const, ContainerEntrypoint: ['node', '-e', program] };
  await lab.createJob({ ...demo.endlessJob('patient', network), AlgorithmSpecification });
  await expect.poll(async () => await lostLines('patient'), { timeout: 30_000 }).toHaveLength(1);
  await makeLogsEndpoint(network);
  await expect.poll(async () => await lab.logLines('patient').catch(() => []), { timeout: 60_000 }).toEqual(['kept']);
  expect(await lostLines('patient')).toEqual([]);
  await lab.stopJob('patient');
  expect((await lab.endOf('patient')).TrainingJobStatus).toBe('Stopped');
}, 120_000);
