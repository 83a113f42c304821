import * as Ec2 from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { present } from '../../../src/stdx/assert.ts';

/** What Terraform's AWS provider does for every resource. */

export const named = (ResourceType: Ec2.ResourceType) => [{ ResourceType, Tags: [{ Key: 'Name', Value: 'mine' }] }];
export const filter = (filters: Readonly<Record<string, string>>) => Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value] }));
export const id = (value: string | undefined): string => present(value, 'what is created has an id');

/** What a provider does after creation and at every plan: both reads are the same, or there is a change for ever. */
export async function readTwice<T>(read: () => Promise<T>): Promise<T> {
  const first = await read();
  expect(await read()).toEqual(first);
  return first;
}

export const refused = async (call: Promise<unknown>): Promise<string> =>
  await call.then(
    () => 'not refused',
    (error: Error) => error.name,
  );

export async function createVpc(ec2: Ec2.EC2Client): Promise<string> {
  const request = {
    CidrBlock: '10.0.0.0/16',
    InstanceTenancy: 'default',
    AmazonProvidedIpv6CidrBlock: false,
    TagSpecifications: named('vpc'),
  } as const;
  const { Vpc } = await ec2.send(new Ec2.CreateVpcCommand(request));
  const VpcId = id(Vpc?.VpcId);
  await Ec2.waitUntilVpcAvailable({ client: ec2, maxWaitTime: 2, minDelay: 1, maxDelay: 1 }, { VpcIds: [VpcId] });
  return VpcId;
}
