import * as Ec2 from '@aws-sdk/client-ec2';
import type { DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { present } from '../../../src/stdx/assert.ts';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, region, type Network } from './lab.ts';

/**
 * "In distributed training, you must allow communication between the different containers in the same training job. To do
 * that, configure a rule for your security group that allows inbound connections between members of the same security group."
 */

let lab: DaemonLab;

beforeAll(async () => {
  lab = await DaemonLab.open();
  await lab.makeDataAndRole();
});
afterAll(async () => void (await lab?.close()));

/** The built-in trainer; instances wait for each other for less than a minute here. */
const jobOf = (name: string, { subnetId }: Network, instances: number, ...groupIds: readonly string[]) => {
  const job = demo.trainingJob(name, { subnetId, groupId: '' });
  return {
    ...job,
    ResourceConfig: { ...job.ResourceConfig, InstanceCount: instances },
    HyperParameters: { ...job.HyperParameters, peer_wait_seconds: '4' },
    VpcConfig: { Subnets: [subnetId], SecurityGroupIds: [...groupIds] },
  };
};

type Ended = { readonly result: DescribeTrainingJobCommandOutput; readonly rose: readonly string[] };

/** Runs a job, and tells which gates of its VPC dropped packets meanwhile. */
async function run(network: Network, job: ReturnType<typeof jobOf>): Promise<Ended> {
  // A gate counts while an interface needs it. This one stays when those of the job go.
  await lab.ec2.send(new Ec2.CreateNetworkInterfaceCommand({ SubnetId: network.subnetId, Groups: job.VpcConfig.SecurityGroupIds }));
  return await lab.counted(network.vpcId, async () => await lab.runJob(job));
}

async function makeNetwork(cidrBlock: string): Promise<Network> {
  const network = await lab.makeNetwork(cidrBlock);
  await lab.makeS3Endpoint(network);
  return network;
}

async function makeGroup({ vpcId }: Network, name: string): Promise<string> {
  const { GroupId } = await lab.ec2.send(new Ec2.CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: name, Description: name }));
  return present(GroupId, 'a group has an id');
}

/** What the network refused, after the trainer's own words. */
function refusedIn({ result }: Ended, hosts: RegExp): string {
  expect(result.TrainingJobStatus).toBe('Failed');
  const [, trainer = '', refused = ''] = /^AlgorithmError: (.*), exit code: 1\. (.*)$/u.exec(result.FailureReason ?? '') ?? [];
  expect(trainer).toMatch(hosts);
  return refused;
}

const waited = /^algo-2 did not connect to algo-1:7999 within 4 seconds|^cannot reach algo-1:7999 for 4 seconds/u;

describe('one group', () => {
  let network: Network;
  beforeAll(async () => (network = await makeNetwork('10.0.0.0/16')));

  it('fails without the rule, and names the packets, the group and the rule that is missing', async () => {
    const { groupId } = network;
    const ended = await run(network, jobOf('without-the-rule', network, 2, groupId));
    const rule = `no ingress rule that allows tcp 7999 from 10\\.0\\.0\\.\\d+ \\(eni-\\w+, ${groupId}\\)`;
    expect(refusedIn(ended, waited)).toMatch(new RegExp(`^algo-2 → algo-1:7999 tcp, \\d+ packets? refused by ${groupId} \\(${rule}\\)$`, 'u'));
    expect(ended.rose).toEqual([`ingress.${groupId}`]);
  });

  it('names as many of four instances as there is room for, and counts the others', async () => {
    const ended = await run(network, jobOf('four-without', network, 4, network.groupId));
    const refused = refusedIn(ended, /^algo-2, algo-3, algo-4 did not connect to algo-1:7999|^cannot reach algo-1:7999/u);
    expect(refused.match(/algo-[234] → algo-1:7999 tcp, \d+ packets? refused by/gu)).toHaveLength(2);
    expect(refused).toMatch(/\); and 1 more$/u);
    expect(ended.rose).toEqual([`ingress.${network.groupId}`]);
  });

  it('completes with the rule, as one job of two hosts', async () => {
    await lab.allowMembers(network);
    const { result, rose } = await run(network, jobOf('with-the-rule', network, 2, network.groupId));
    expect([result.TrainingJobStatus, result.FailureReason, rose]).toEqual(['Completed', undefined, []]);
    expect((await lab.logLines('with-the-rule')).join('\n')).toContain('hosts=2');
  });
});

describe('several groups', () => {
  let network: Network;
  let groups: readonly string[];
  beforeAll(async () => {
    network = await makeNetwork('10.1.0.0/16');
    groups = [network.groupId, await makeGroup(network, 'more')].toSorted();
  });

  it('names all of them, of the instance that did not let the packets in', async () => {
    const ended = await run(network, jobOf('two-groups', network, 2, ...groups));
    const [first, second] = groups;
    const rule = `no ingress rule that allows tcp 7999 from 10\\.1\\.0\\.\\d+ \\(eni-\\w+, ${first}, ${second}\\)`;
    expect(refusedIn(ended, waited)).toMatch(
      new RegExp(`^algo-2 → algo-1:7999 tcp, \\d+ packets? refused by ${first} and ${second} \\(${rule}\\)$`, 'u'),
    );
    expect(ended.rose.toSorted()).toEqual(groups.map((groupId) => `ingress.${groupId}`));
  });

  it('completes when one of them lets members of another in', async () => {
    const [first, second] = groups;
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 7999, ToPort: 7999, UserIdGroupPairs: [{ GroupId: second }] }];
    await lab.ec2.send(new Ec2.AuthorizeSecurityGroupIngressCommand({ GroupId: first, IpPermissions }));
    const { result, rose } = await run(network, jobOf('one-lets-in', network, 2, ...groups));
    expect([result.TrainingJobStatus, result.FailureReason, rose]).toEqual(['Completed', undefined, []]);
  });
});

describe('a group that lets nothing out but to S3', () => {
  it('names the missing egress rule of the sender, not the ingress rule that is there', async () => {
    const network = await makeNetwork('10.2.0.0/16');
    const { groupId: GroupId } = network;
    await lab.allowMembers(network);
    const { PrefixLists } = await lab.ec2.send(
      new Ec2.DescribePrefixListsCommand({ Filters: [{ Name: 'prefix-list-name', Values: [`com.amazonaws.${region}.s3`] }] }),
    );
    const { PrefixListId } = present(PrefixLists?.[0], 'S3 has a prefix list');
    const everything = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    await lab.ec2.send(new Ec2.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: everything }));
    const toS3 = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId }] }];
    await lab.ec2.send(new Ec2.AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: toS3 }));

    const ended = await run(network, jobOf('no-egress', network, 2, GroupId));
    const rule = `no egress rule that allows tcp 7999 to 10\\.2\\.0\\.\\d+ \\(eni-\\w+, ${GroupId}\\)`;
    expect(refusedIn(ended, waited)).toMatch(new RegExp(`^algo-2 → algo-1:7999 tcp, \\d+ packets? refused by ${GroupId} \\(${rule}\\)$`, 'u'));
    expect(ended.rose).toEqual([`egress.${GroupId}`]);
  });
});
