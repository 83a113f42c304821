import { networkInterfaces as machineInterfaces } from 'node:os';
import * as Ec2 from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { present } from '../../../src/stdx/assert.ts';
import * as demo from '../../clients/demo-path.ts';
import { asked } from './asked.ts';
import { heldBy } from './held.ts';
import { inspected, markedOf } from './internet.ts';
import { DaemonLab, region } from './lab.ts';

/** Jobs without VpcConfig: "by default jobs run in an AWS VPC", which is nobody's own. */

let lab: DaemonLab;
let privateHost: Awaited<ReturnType<DaemonLab['makeInterface']>>;

const withoutConfig = <Job extends { readonly VpcConfig: unknown }>({ VpcConfig: _left, ...job }: Job): Omit<Job, 'VpcConfig'> => job;
const endless = (name: string, instances = 1) => {
  const job = withoutConfig(demo.endlessJob(name, { subnetId: '', groupId: '' }));
  return { ...job, ResourceConfig: { ...job.ResourceConfig, InstanceCount: instances } };
};

beforeAll(async () => {
  lab = await DaemonLab.open('as a process');
  await lab.makeDataAndRole();
  // No ec2: action at all.
  await lab.makeRole('plain', ...demo.dataActions, ...demo.logActions);
  privateHost = await lab.makeInterface(await lab.makeNetwork());
  await lab.createJob({ ...endless('first', 2), RoleArn: 'arn:aws:iam::000000000000:role/plain' });
  await lab.createJob(endless('second'));
  await Promise.all([lab.firstLine('first'), lab.firstLine('first', 'algo-2'), lab.firstLine('second')]);
}, 120_000);
afterAll(async () => void (await lab?.close()));

const addressOf = async (from: string): Promise<string> => (await asked(lab, from, '192.0.2.1')).from.privateIpAddress;
const machineAddress = (): string =>
  present(
    Object.values(machineInterfaces())
      .flat()
      .find((each) => each?.family === 'IPv4' && !each.internal)?.address,
    'this machine has an address',
  );

describe('a job without VpcConfig', () => {
  it.each([`s3.${region}.amazonaws.com`, `sts.${region}.amazonaws.com`])('reaches %s at the internet edge', async (name) => {
    const { verdict, probe } = await asked(lab, 'first', name, '443');
    expect([verdict, probe?.agrees, probe?.gate]).toEqual(['accepted', true, undefined]);
  });

  it('reaches its own instances', async () => {
    const { verdict, probe, rose } = await asked(lab, 'first', await addressOf('first/algo-2'), '7999');
    expect([verdict, probe?.agrees, probe?.gate, rose]).toEqual(['accepted', true, undefined, []]);
  });

  it('does not reach the instances of another one, in either direction', async () => {
    for (const [from, to] of [
      ['first', 'second'],
      ['second', 'first/algo-2'],
    ] as const) {
      const { verdict, probe, rose } = await asked(lab, from, await addressOf(to), '7999');
      expect([from, verdict, probe?.gate, probe?.agrees]).toEqual([from, 'dropped', 'ingress-groups', true]);
      expect(rose).toEqual([expect.stringMatching(/^ingress\.sg-/u)]);
    }
  });

  it('does not reach private addresses, metadata, the machine or the internet, which nothing here leads to', async () => {
    for (const to of [privateHost.address, '192.168.0.1', '172.31.0.1', machineAddress(), '1.1.1.1']) {
      const { verdict, probe } = await asked(lab, 'first', to);
      expect([to, verdict, probe?.agrees]).toEqual([to, 'dropped', true]);
    }
    const metadata = await asked(lab, 'first', '169.254.169.254');
    expect([metadata.verdict, metadata.probe?.agrees]).toEqual(['dropped', true]);
  });

  it('shows its interfaces to its operator alone', async () => {
    const { agrees, facts } = await inspected(lab, 'first');
    expect(agrees).toBe(true);
    const ids = facts.filter(({ fact }) => fact.includes('interface of')).flatMap(({ stored }) => stored);
    expect(ids).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(/^eni-/u)));
    for (const id of ids) expect(await markedOf(lab, id)).toEqual([]);
    const shown = await lab.ec2.send(new Ec2.DescribeNetworkInterfacesCommand({}));
    expect(shown.NetworkInterfaces?.map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toEqual([privateHost.id]);
    const { Vpcs } = await lab.ec2.send(new Ec2.DescribeVpcsCommand({}));
    expect(Vpcs).toHaveLength(1);
    const { Addresses } = await lab.ec2.send(new Ec2.DescribeAddressesCommand({}));
    expect(Addresses).toEqual([]);
    await expect(lab.ec2.send(new Ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: ids[0] }))).rejects.toMatchObject({
      name: 'InvalidNetworkInterfaceID.NotFound',
    });
  });
});

describe('after a SIGKILL', () => {
  it('the jobs run on, and end with everything given back but the network that the next one uses', async () => {
    await lab.restart();
    await expect.poll(async () => (await asked(lab, 'first', `s3.${region}.amazonaws.com`)).probe?.answer, { timeout: 20_000 }).not.toBe('none');
    await lab.stopJob('first');
    await lab.stopJob('second');
    expect([(await lab.endOf('first')).TrainingJobStatus, (await lab.endOf('second')).TrainingJobStatus]).toEqual(['Stopped', 'Stopped']);
    const job = await lab.runJob(withoutConfig(demo.trainingJob('third', { subnetId: '', groupId: '' })));
    expect([job.TrainingJobStatus, job.FailureReason, job.VpcConfig]).toEqual(['Completed', undefined, undefined]);
    expect((await lab.getObject('output/third/output/model.tar.gz')).length).toBeGreaterThan(100);
  });

  it('a purge leaves nothing', async () => {
    await lab.close();
    expect(heldBy(lab)).toEqual({ processes: [], cgroups: [], namespaces: [], mounts: [] });
  });
});
