import { readdirSync } from 'node:fs';
import * as Ec2 from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namespacePath } from '../../../src/drivers/network/linux/namespaces.ts';
import { present } from '../../../src/stdx/assert.ts';
import { sleep } from '../../../src/stdx/deadline.ts';
import * as demo from '../../clients/demo-path.ts';
import { processesOf, textOf } from '../../fixtures/holdings.ts';
import { captured, kindsBetween } from '../network/capture.ts';
import { asked } from './asked.ts';
import { heldBy } from './held.ts';
import { markedOf } from './internet.ts';
import { DaemonLab, type Network } from './lab.ts';

/**
 * EnableInterContainerTrafficEncryption: what instances send each other is in a tunnel, for which groups have to allow UDP 500
 * between their members (https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html).
 */

const secret = 'KNOWN-PLAINTEXT';
/** Each instance sends the other one a text, again and again, and tells what it got. */
const program = `
const net=require('net'),other=require('os').hostname()==='algo-1'?'algo-2':'algo-1';
net.createServer(s=>s.on('error',()=>{}).on('data',d=>console.log('got',String(d)))).listen(7999);
setInterval(()=>{const s=net.connect(7999,other).on('error',()=>{}).on('connect',()=>s.end('${secret}'));setTimeout(()=>s.destroy(),2000)},250);
process.on('SIGTERM',()=>process.exit(0))`;

let lab: DaemonLab;
let network: Network;

const job = (name: string, isEncrypted: boolean) => {
  const endless = demo.endlessJob(name, network);
  return {
    ...endless,
    AlgorithmSpecification: { ...endless.AlgorithmSpecification, ContainerEntrypoint: ['node', '-e', 'eval(process.env.PROGRAM)'] },
    Environment: { PROGRAM: program },
    ResourceConfig: { ...endless.ResourceConfig, InstanceCount: 2 },
    EnableInterContainerTrafficEncryption: isEncrypted,
  };
};

const hosts = ['algo-1', 'algo-2'];
const heard = async (name: string): Promise<string[]> => await Promise.all(hosts.map(async (host) => await lab.firstLine(name, host)));

beforeAll(async () => {
  lab = await DaemonLab.open('as a process');
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
}, 120_000);
afterAll(async () => void (await lab?.close()));

async function allow(IpProtocol: string, port?: number): Promise<void> {
  const { groupId: GroupId } = network;
  const ports = port === undefined ? {} : { FromPort: port, ToPort: port };
  const IpPermissions = [{ IpProtocol, ...ports, UserIdGroupPairs: [{ GroupId }] }];
  await lab.ec2.send(new Ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

/** The user's VPC, while there is no other. */
function router(): string {
  const name = readdirSync('/run/netns').find((found) => new RegExp(`^${lab.prefix}-v\\d+$`, 'u').test(found));
  return namespacePath(present(name, 'the VPC has a router'));
}

/** What a second between the instances of a job looks like in the router of the VPC. */
async function seen(name: string): Promise<{ kinds: string[]; isReadable: boolean }> {
  const addresses = await Promise.all(hosts.map(async (host) => (await asked(lab, `${name}/${host}`, '192.0.2.1')).from.privateIpAddress));
  const { packets } = await captured(router(), async () => await sleep(1_000));
  return { kinds: kindsBetween(packets, addresses), isReadable: packets.some(({ bytes }) => bytes.includes(secret)) };
}

const tunnelPids = (): number[] =>
  processesOf(lab.dataDirectory)
    .map(({ pid }) => pid)
    .filter((pid) => /^[^\0]*\/wireguard-go\0/u.test(textOf(`/proc/${pid}/cmdline`)))
    .toSorted((a, b) => a - b);

describe('a job that encrypts', () => {
  it('fails where its group does not let the tunnel pass, and names the rule', async () => {
    const { groupId } = network;
    await allow('tcp', 7999);
    const { TrainingJobStatus, FailureReason } = await lab.runJob(job('without-the-rule', true));
    expect(TrainingJobStatus).toBe('Failed');
    expect(FailureReason).toMatch(
      new RegExp(
        `^ClientError: Traffic between the instances of the job cannot be encrypted\\. Could not reach algo-2:500 from subnet-\\w+: security group ${groupId} has no ingress rule that allows udp 500 from 10\\.0\\.0\\.\\d+ \\(eni-\\w+, ${groupId}\\)\\. Add an ingress rule for udp 500 from ${groupId} to ${groupId}\\.$`,
        'u',
      ),
    );
  });

  it('without it is read by whoever looks', async () => {
    await lab.createJob(job('plain', false));
    expect(await heard('plain')).toEqual([`got ${secret}`, `got ${secret}`]);
    const { kinds, isReadable } = await seen('plain');
    expect([isReadable, kinds.length > 0, kinds.every((kind) => /^6 (?:7999 > \d+|\d+ > 7999)$/u.test(kind))]).toEqual([true, true, true]);
    expect(tunnelPids()).toEqual([]);
    await lab.stopJob('plain');
    await lab.endOf('plain');
  });

  it('with it nothing but the tunnel is seen', async () => {
    await allow('udp', 500);
    await lab.createJob(job('encrypted', true));
    expect(await heard('encrypted')).toEqual([`got ${secret}`, `got ${secret}`]);
    expect(await seen('encrypted')).toEqual({ kinds: ['17 500 > 500'], isReadable: false });
    expect((await lab.describeJob('encrypted')).EnableInterContainerTrafficEncryption).toBe(true);
    expect(tunnelPids()).toHaveLength(2);
  });

  it('is traced as what the router sees, and the kernel agrees', async () => {
    const peer = (await asked(lab, 'encrypted/algo-2', '192.0.2.1')).from;
    const { verdict, arrivesAt, probe, rose } = await asked(lab, 'encrypted', peer.privateIpAddress, '7999');
    expect([verdict, arrivesAt, probe?.agrees, rose]).toEqual(['accepted', peer.networkInterfaceId, true, []]);
    expect(await markedOf(lab, network.vpcId)).toEqual([]);
  });

  it('goes on through another daemon', async () => {
    const before = tunnelPids();
    await lab.restart();
    const lines = (await lab.logLines('encrypted')).length;
    await expect.poll(async () => (await lab.logLines('encrypted')).length, { timeout: 20_000, interval: 250 }).toBeGreaterThan(lines + 3);
    expect(tunnelPids()).toEqual(before);
    expect(await seen('encrypted')).toEqual({ kinds: ['17 500 > 500'], isReadable: false });
  });

  it('fails when an end of its tunnel dies, and sent nothing around it', async () => {
    const { result, packets } = await captured(router(), async () => {
      process.kill(present(tunnelPids()[0], 'a tunnel has ends'), 'SIGKILL');
      return await lab.endOf('encrypted');
    });
    expect(result.TrainingJobStatus).toBe('Failed');
    expect(result.FailureReason).toMatch(
      /^InternalServerError: We encountered an internal error\. {2}Please try again\. What encrypts the traffic of algo-[12] ended before the job; nothing was sent unencrypted\.$/u,
    );
    expect(packets.length).toBeGreaterThan(0);
    expect(packets.filter(({ bytes }) => bytes.includes(secret))).toEqual([]);
    expect(tunnelPids()).toEqual([]);
  });
});

describe('in networks of SageMaker', () => {
  it.each([
    ['without VpcConfig', false],
    ['isolated', true],
  ])('trains %s', async (name, EnableNetworkIsolation) => {
    const { VpcConfig: _left, ...trainer } = demo.trainingJob(name.replace(' ', '-'), network);
    const ResourceConfig = { ...trainer.ResourceConfig, InstanceCount: 2 };
    const ended = await lab.runJob({ ...trainer, ResourceConfig, EnableNetworkIsolation, EnableInterContainerTrafficEncryption: true });
    expect([ended.TrainingJobStatus, ended.FailureReason]).toEqual(['Completed', undefined]);
    expect(tunnelPids()).toEqual([]);
  });
});

it('a purge in the middle of a job leaves nothing', async () => {
  await lab.createJob(job('purged', true));
  await heard('purged');
  expect(tunnelPids()).toHaveLength(2);
  await lab.close();
  expect(heldBy(lab)).toEqual({ processes: [], cgroups: [], namespaces: [], mounts: [] });
});
