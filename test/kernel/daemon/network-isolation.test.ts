import { readdirSync } from 'node:fs';
import * as Ec2 from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { asked } from './asked.ts';
import { heldBy } from './held.ts';
import { markedOf } from './internet.ts';
import { DaemonLab, type Network } from './lab.ts';

/** EnableNetworkIsolation: the container has its job's other instances, and nothing else. */

let lab: DaemonLab;
let network: Network;

/** What asking for credentials comes to, and whether a variable says where they are; then it stays. */
const program =
  "process.on('SIGTERM',()=>process.exit(0));const p=w=>console.log(w,Object.keys(process.env).some(k=>/CREDENTIALS/.test(k)));require('net').connect(80,'169.254.170.2').on('connect',()=>p('open')).on('error',e=>p(e.code));setInterval(()=>{},1e3)";

const job = (name: string, isolated: boolean) => {
  const endless = demo.endlessJob(name, network);
  return {
    ...endless,
    AlgorithmSpecification: { ...endless.AlgorithmSpecification, ContainerEntrypoint: ['node', '-e', program] },
    ResourceConfig: { ...endless.ResourceConfig, InstanceCount: 2 },
    EnableNetworkIsolation: isolated,
  };
};

beforeAll(async () => {
  lab = await DaemonLab.open('as a process');
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  await lab.allowMembers(network);
  await lab.createJob(job('alone', true));
  await lab.createJob(job('other', true));
  await Promise.all(['alone', 'other'].flatMap((name) => ['algo-1', 'algo-2'].map(async (host) => await lab.firstLine(name, host))));
}, 120_000);
afterAll(async () => void (await lab?.close()));

/** Of VPCs: the user's and one per isolated job. */
const routers = (): string[] => readdirSync('/run/netns').filter((name) => new RegExp(`^${lab.prefix}-v\\d+$`, 'u').test(name));

describe('an isolated job', () => {
  it('has no credentials, and nobody gives it any', async () => {
    expect(await lab.firstLine('alone')).toBe('ECONNREFUSED false');
  });

  it('has one address per instance in the VPC', async () => {
    const { NetworkInterfaces = [] } = await lab.ec2.send(
      new Ec2.DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'vpc-id', Values: [network.vpcId] }] }),
    );
    const descriptions = NetworkInterfaces.map(({ Description = '' }) => Description.replace(/^.* job /u, '')).toSorted();
    expect(descriptions).toEqual(['alone: algo-1 agent', 'alone: algo-2 agent', 'other: algo-1 agent', 'other: algo-2 agent']);
  });

  it('reaches its own instances', async () => {
    const peer = (await asked(lab, 'alone/algo-2', '192.0.2.1')).from.privateIpAddress;
    const { verdict, probe, rose } = await asked(lab, 'alone', peer, '7999');
    expect([verdict, probe?.agrees, probe?.gate, rose]).toEqual(['accepted', true, undefined, []]);
  });

  it.each([
    ['S3', '198.18.0.10', '443', 'tcp', 'egress-groups'],
    ['a resolver', '169.254.169.253', '53', 'udp', 'resolver'],
    ['metadata', '169.254.169.254', '80', 'tcp', 'egress-groups'],
    ["its agent's VPC", '10.0.0.4', '80', 'tcp', 'egress-groups'],
    ['the internet', '1.1.1.1', '443', 'tcp', 'egress-groups'],
    ['an address of its own network that nobody has', '100.65.0.200', '80', 'tcp', 'egress-groups'],
  ])('does not reach %s', async (_what, address, port, protocol, gate) => {
    const { verdict, probe, rose } = await asked(lab, 'alone', address, port, protocol);
    expect([verdict, probe?.gate, probe?.agrees]).toEqual(['dropped', gate, true]);
    expect(rose).toHaveLength(1);
  });

  it('is in no network of another one', async () => {
    const [own, others] = await Promise.all(['alone', 'other'].map(async (name) => (await asked(lab, name, '192.0.2.1')).from));
    expect(own?.vpcId).not.toBe(others?.vpcId);
    expect(routers()).toHaveLength(3);
    expect(await markedOf(lab, own?.vpcId ?? '')).toEqual([]);
  });

  it('trains together, and what its agents read and write goes through the VPC', async () => {
    const trainer = demo.trainingJob('trains', network);
    const ended = await lab.runJob({ ...trainer, ResourceConfig: { ...trainer.ResourceConfig, InstanceCount: 2 }, EnableNetworkIsolation: true });
    expect([ended.TrainingJobStatus, ended.FailureReason, ended.EnableNetworkIsolation]).toEqual(['Completed', undefined, true]);
    demo.expectXgboostModel(await lab.getObject('output/trains/output/model.tar.gz'));
  });

  it('without VpcConfig has the same, and its agent the network that SageMaker manages', async () => {
    const { VpcConfig: _left, ...trainer } = demo.trainingJob('managed', network);
    const ended = await lab.runJob({ ...trainer, EnableNetworkIsolation: true });
    expect([ended.TrainingJobStatus, ended.FailureReason]).toEqual(['Completed', undefined]);
  });
});

describe('after a SIGKILL', () => {
  it('the job runs on; its network goes with it', async () => {
    await lab.restart();
    await Promise.all(['alone', 'other'].map(async (name) => await lab.stopJob(name)));
    const ended = await Promise.all(['alone', 'other'].map(async (name) => await lab.endOf(name)));
    expect(ended.map(({ TrainingJobStatus }) => TrainingJobStatus)).toEqual(['Stopped', 'Stopped']);
    // The user's, and the one that SageMaker manages.
    expect(routers()).toHaveLength(2);
  });

  it('a purge in the middle of a job leaves nothing', async () => {
    await lab.createJob(job('purged', true));
    await lab.firstLine('purged');
    await lab.close();
    expect(heldBy(lab)).toEqual({ processes: [], cgroups: [], namespaces: [], mounts: [] });
  });
});
