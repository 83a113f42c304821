import { readdirSync } from 'node:fs';
import * as Ec2 from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { present } from '../../../src/stdx/assert.ts';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, type Network } from './lab.ts';

/** What a running job uses stays, and says why; what it used is gone when it has ended. The tests go in order. */

let lab: DaemonLab;
let network: Network;
let endpointId: string;
let interfaces: readonly Ec2.NetworkInterface[];

beforeAll(async () => {
  lab = await DaemonLab.open();
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  endpointId = await lab.makeS3Endpoint(network);
  await lab.createJob(demo.endlessJob('endless', network));
  await lab.firstLine('endless');
  interfaces = await describeInterfaces();
});
afterAll(async () => void (await lab?.close()));

const describeInterfaces = async (): Promise<readonly Ec2.NetworkInterface[]> =>
  (await lab.ec2.send(new Ec2.DescribeNetworkInterfacesCommand({}))).NetworkInterfaces ?? [];
const namespaces = (): string[] => readdirSync('/run/netns').filter((name) => name.startsWith(`${lab.prefix}-`));
const refused = async (command: any): Promise<[string, string]> => {
  try {
    await lab.ec2.send(command);
  } catch (error) {
    const { name, message } = error as Error;
    return [name, message];
  }
  throw new Error(`${command.constructor.name} succeeded`);
};

it("keeps a running job's interfaces, group, subnet and VPC, in EC2's words", async () => {
  expect(interfaces).toHaveLength(2);
  for (const found of interfaces) {
    const NetworkInterfaceId = present(found.NetworkInterfaceId, 'an interface has an id');
    const AttachmentId = present(found.Attachment?.AttachmentId, 'it is attached');
    expect(found).toMatchObject({ Status: 'in-use', Groups: [{ GroupId: network.groupId }], SubnetId: network.subnetId });
    expect(found.Description).toMatch(/^\[DO NOT DELETE\] Network interface of SageMaker training job endless: algo-1 (?:agent|algorithm)$/u);
    expect(await refused(new Ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))).toEqual([
      'InvalidParameterValue',
      `Network interface '${NetworkInterfaceId}' is currently in use.`,
    ]);
    for (const Force of [false, true]) {
      expect((await refused(new Ec2.DetachNetworkInterfaceCommand({ AttachmentId, Force })))[0]).toBe('OperationNotPermitted');
    }
  }
  expect(await refused(new Ec2.DeleteSecurityGroupCommand({ GroupId: network.groupId }))).toEqual([
    'DependencyViolation',
    `resource ${network.groupId} has a dependent object`,
  ]);
  expect(await refused(new Ec2.DeleteSubnetCommand({ SubnetId: network.subnetId }))).toEqual([
    'DependencyViolation',
    `The subnet '${network.subnetId}' has dependencies and cannot be deleted.`,
  ]);
  expect(await refused(new Ec2.DeleteVpcCommand({ VpcId: network.vpcId }))).toEqual([
    'DependencyViolation',
    `The vpc '${network.vpcId}' has dependencies and cannot be deleted.`,
  ]);
  expect(await describeInterfaces()).toEqual(interfaces);
  expect((await lab.describeJob('endless')).SecondaryStatus).toBe('Training');
});

it('gives everything back when the job has ended', async () => {
  expect(namespaces()).toHaveLength(4);
  await lab.stopJob('endless');
  expect((await lab.endOf('endless')).TrainingJobStatus).toBe('Stopped');
  expect(await describeInterfaces()).toEqual([]);
  // The router and the endpoint.
  expect(
    namespaces()
      .map((name) => name.slice(lab.prefix.length, lab.prefix.length + 2))
      .toSorted(),
  ).toEqual(['-s', '-v']);
  expect(readdirSync(`${lab.dataDirectory}/instances`)).toEqual([]);
});

it('lets the network be deleted, from the inside out, and leaves nothing in the kernel', async () => {
  await lab.ec2.send(new Ec2.DeleteSubnetCommand({ SubnetId: network.subnetId }));
  await lab.ec2.send(new Ec2.DeleteSecurityGroupCommand({ GroupId: network.groupId }));
  expect((await refused(new Ec2.DeleteVpcCommand({ VpcId: network.vpcId })))[0]).toBe('DependencyViolation');
  await lab.ec2.send(new Ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [endpointId] }));
  await lab.ec2.send(new Ec2.DeleteVpcCommand({ VpcId: network.vpcId }));
  await expect.poll(namespaces, { timeout: 10_000 }).toEqual([]);
  expect(await refused(new Ec2.DescribeVpcsCommand({ VpcIds: [network.vpcId] }))).toEqual([
    'InvalidVpcID.NotFound',
    `The vpc ID '${network.vpcId}' does not exist`,
  ]);
});
