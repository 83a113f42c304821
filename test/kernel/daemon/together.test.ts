import { readdirSync } from 'node:fs';
import { DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as Ec2 from '@aws-sdk/client-ec2';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerDriver } from '../../../src/drivers/container/container-driver.ts';
import * as demo from '../../clients/demo-path.ts';
import { replacing } from '../../seeds/replacing.ts';
import { DaemonLab, type Network } from './lab.ts';

/** The instances of one job: where they are, what they know of each other, and that they start together or not at all. */

let lab: DaemonLab;
let network: Network;
/** Of containers, by name: what was called, and what fails. */
const called: string[] = [];
const failing = new Set<string>();

const faulty = (driver: ContainerDriver): ContainerDriver => {
  const meet = async <T>(call: string, effect: () => Promise<T>): Promise<T> => {
    called.push(call);
    if (failing.has(call)) throw new Error(`${call} fails`);
    return await effect();
  };
  return replacing(driver, {
    create: async (spec) => await meet(`create ${spec.name}`, async () => await driver.create(spec)),
    start: async (name) => await meet(`start ${name}`, async () => await driver.start(name)),
  });
};

beforeAll(async () => {
  lab = await DaemonLab.composedOf({ containers: faulty });
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
});
afterAll(async () => void (await lab?.close()));

/** Runs a program in each container. */
const jobOf = (name: string, instances: number, program: string, Subnets: readonly string[] = [network.subnetId]) => {
  const job = demo.endlessJob(name, network);
  return {
    ...job,
    AlgorithmSpecification: { ...job.AlgorithmSpecification, ContainerEntrypoint: ['node', '-e', 'eval(process.env.PROGRAM)'] },
    Environment: { PROGRAM: program },
    ResourceConfig: { ...job.ResourceConfig, InstanceCount: instances },
    VpcConfig: { ...job.VpcConfig, Subnets: [...Subnets] },
  };
};

const interfacesIn = async (vpcId: string): Promise<readonly Ec2.NetworkInterface[]> =>
  (await lab.ec2.send(new Ec2.DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }))).NetworkInterfaces ?? [];

describe('three instances', () => {
  /** Tells what it finds, and stays while it is looked at. `lookup` is getaddrinfo. */
  const program = `
    process.on('SIGTERM', () => process.exit(0));
    setInterval(() => {}, 1e3);
    const text = require('fs').readFileSync('/opt/ml/input/config/resourceconfig.json', 'utf8');
    const lookup = require('dns').promises.lookup;
    Promise.all(JSON.parse(text).hosts.map((name) => lookup(name, { all: true }))).then((found) =>
      console.log(JSON.stringify({ text, name: require('os').hostname(), found: found.flat() })));`;
  const hosts = ['algo-1', 'algo-2', 'algo-3'];

  it("are all in the first listed subnet with room, and know each other by name, in AWS's file", async () => {
    const { vpcId } = network;
    const made = await lab.ec2.send(new Ec2.CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.1.0/28' }));
    const small = made.Subnet?.SubnetId ?? '';
    // AWS keeps five of its sixteen addresses. Five are left: one fewer than three instances need.
    for (let taken = 0; taken < 6; taken += 1) await lab.ec2.send(new Ec2.CreateNetworkInterfaceCommand({ SubnetId: small }));
    const strangers = new Set((await interfacesIn(vpcId)).map(({ NetworkInterfaceId }) => NetworkInterfaceId));

    await lab.createJob(jobOf('three', hosts.length, program, [small, network.subnetId]));
    const lines = await Promise.all(hosts.map(async (host) => await lab.firstLine('three', host)));
    const own = (await interfacesIn(vpcId)).filter(({ NetworkInterfaceId }) => !strangers.has(NetworkInterfaceId));
    expect(own.map(({ SubnetId }) => SubnetId)).toEqual(Array.from({ length: 6 }, () => network.subnetId));

    const addressOf = (host: string): string | undefined =>
      own.find(({ Description }) => Description?.endsWith(`three: ${host} algorithm`))?.PrivateIpAddress;
    for (const [index, line] of lines.entries()) {
      const { text, name, found } = JSON.parse(line);
      expect(name).toBe(hosts[index]);
      expect(found).toEqual(hosts.map((host) => ({ address: addressOf(host), family: 4 })));
      expect(JSON.parse(text)).toEqual({
        current_host: hosts[index],
        current_instance_type: 'ml.m5.large',
        current_group_name: 'homogeneousCluster',
        hosts,
        instance_groups: [{ instance_group_name: 'homogeneousCluster', instance_type: 'ml.m5.large', hosts }],
        network_interface_name: 'eth0',
        topology: null,
      });
    }
    await lab.stopJob('three');
    expect((await lab.endOf('three')).TrainingJobStatus).toBe('Stopped');
  });
});

describe('two instances of which one cannot', () => {
  const says = "console.log('ran'); require('fs').writeFileSync('/opt/ml/model/ran', ''); setInterval(() => {}, 1e3)";

  /** Nothing of the job's code is to be seen: no line, no model; and nothing of the job is left. */
  async function expectNothing(name: string): Promise<void> {
    const job = await lab.endOf(name);
    expect(job.TrainingJobStatus).toBe('Failed');
    expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).not.toContain('Training');
    const streams = new DescribeLogStreamsCommand({ logGroupName: demo.logGroupName, logStreamNamePrefix: `${name}/` });
    const { logStreams } = await lab.logs.send(streams).catch((error: Error) => {
      // The group is there from the first line of any job on.
      if (error.name !== 'ResourceNotFoundException') throw error;
      return { logStreams: [] };
    });
    const { KeyCount } = await lab.s3.send(new ListObjectsV2Command({ Bucket: demo.bucket, Prefix: `output/${name}/` }));
    expect([logStreams, KeyCount]).toEqual([[], 0]);
    expect(readdirSync(`${lab.dataDirectory}/instances`)).toEqual([]);
    expect((await interfacesIn(network.vpcId)).filter(({ Description }) => Description?.includes(name))).toEqual([]);
  }

  it('be created: no container is started', async () => {
    failing.add('create uncreated.algo-2');
    await lab.createJob(jobOf('uncreated', 2, says));
    await expectNothing('uncreated');
    expect(called).toContain('create uncreated.algo-1');
    expect(called.filter((call) => call.startsWith('start uncreated'))).toEqual([]);
  });

  it('be started: the other one is killed at once', async () => {
    failing.add('start unstarted.algo-2');
    await lab.createJob(jobOf('unstarted', 2, says));
    await expectNothing('unstarted');
    expect(called).toContain('start unstarted.algo-1');
  });
});
