import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, type Network } from './lab.ts';

/**
 * "In distributed training, you must allow communication between the different containers in the same training job. To do
 * that, configure a rule for your security group that allows inbound connections between members of the same security group."
 */

let lab: DaemonLab;
let network: Network;

beforeAll(async () => {
  lab = await DaemonLab.open();
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
});
afterAll(async () => void (await lab?.close()));

const twoHosts = (name: string) => {
  const job = demo.trainingJob(name, network);
  return {
    ...job,
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 1 } as const,
    HyperParameters: { ...job.HyperParameters, peer_wait_seconds: '4' },
  };
};

it('fails without the rule, and names the packets, the group and the rule that is missing', async () => {
  // A gate counts while an interface needs it. This one stays when those of the job go.
  await lab.makeInterface(network);
  const { result, rose } = await lab.counted(network.vpcId, async () => await lab.runJob(twoHosts('without-the-rule')));
  expect(result.TrainingJobStatus).toBe('Failed');
  expect(result.FailureReason).toMatch(/^AlgorithmError: /u);
  expect(result.FailureReason).toMatch(new RegExp(`algo-2 → algo-1:\\d+ tcp, \\d+ packets refused by ${network.groupId} \\(no ingress rule`, 'u'));
  expect(rose).toContain(`ingress.${network.groupId}`);
});

it('completes with the rule, as one job of two hosts', async () => {
  const member = { UserIdGroupPairs: [{ GroupId: network.groupId }] };
  await lab.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: network.groupId, IpPermissions: [{ IpProtocol: '-1', ...member }] }));
  const { result, rose } = await lab.counted(network.vpcId, async () => await lab.runJob(twoHosts('with-the-rule')));
  expect([result.TrainingJobStatus, result.FailureReason]).toEqual(['Completed', undefined]);
  expect(rose).toEqual([]);
  expect((await lab.logLines('with-the-rule')).join('\n')).toContain('hosts=2');
});
