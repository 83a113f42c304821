import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, type Network } from './lab.ts';

let lab: DaemonLab;
let network: Network;
beforeAll(async () => {
  lab = await DaemonLab.open('as a process', ['--instances-max', '1']);
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
}, 120_000);
afterAll(async () => await lab.close(), 60_000);

const waiting = async (name: string, message: string): Promise<void> =>
  void (await lab.until(name, ({ SecondaryStatusTransitions }) => SecondaryStatusTransitions?.at(-1)?.StatusMessage === message));

async function interfaces(): Promise<number> {
  return (await lab.ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces?.length ?? 0;
}

it('jobs for which there is no room wait in order, take nothing, can be stopped, and outlive their daemon', { timeout: 180_000 }, async () => {
  for (const name of ['one', 'two', 'three', 'four']) await lab.createJob(demo.endlessJob(name, network));
  await lab.firstLine('one');
  await waiting('two', 'Waiting for capacity: it is the next.');
  await waiting('four', 'Waiting for capacity: 2 jobs before it.');
  expect((await lab.describeJob('four')).SecondaryStatus).toBe('Starting');
  // Two of the one that runs.
  expect(await interfaces()).toBe(2);
  await lab.stopJob('three');
  expect((await lab.endOf('three')).TrainingJobStatus).toBe('Stopped');
  await waiting('four', 'Waiting for capacity: 1 job before it.');
  await lab.restart();
  await waiting('two', 'Waiting for capacity: it is the next.');
  await lab.stopJob('one');
  await lab.firstLine('two');
  await waiting('four', 'Waiting for capacity: it is the next.');
  const begun = (await lab.describeJob('two')).SecondaryStatusTransitions?.[0];
  expect([begun?.Status, begun?.StatusMessage]).toEqual(['Starting', 'Preparing the instances for training']);
});
