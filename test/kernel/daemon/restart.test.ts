import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../../src/stdx/deadline.ts';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, type Network } from './lab.ts';

/** A daemon that ends takes nothing along: the next one goes on with what runs. In a process of its own it ends by SIGKILL. */

describe.each(['in this process', 'as a process'] as const)('a daemon %s', (kind) => {
  let lab: DaemonLab;
  let network: Network;

  beforeAll(async () => {
    lab = await DaemonLab.open(kind);
    await lab.makeDataAndRole();
    network = await lab.makeNetwork();
    await lab.makeS3Endpoint(network);
  });
  afterAll(async () => void (await lab?.close()));

  /** Prints a number every so often and who it is, and ends by itself. */
  const counting = (lines: number, everyMs: number): string =>
    `let n=0;require('fs').writeFileSync('/opt/ml/model/id',String(Math.random()));const t=setInterval(()=>{console.log('line',++n);if(n===${lines})clearInterval(t)},${everyMs})`;

  const countingJob = (name: string, lines: number, everyMs: number) => {
    const job = demo.trainingJob(name, network);
    const ContainerEntrypoint = ['node', '-e', counting(lines, everyMs)];
    return { ...job, AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File' as const, ContainerEntrypoint } };
  };
  const numbered = (lines: number): string[] => Array.from({ length: lines }, (_, index) => `line ${index + 1}`);

  it('completes a job over two ends of its daemon in the middle of its container, with every line once', async () => {
    // Longer than two starts of a daemon take on a busy machine.
    const lines = 100;
    await lab.createJob(countingJob('survivor', lines, 150));
    await lab.firstLine('survivor');
    const before = await lab.describeJob('survivor');
    await lab.restart();
    // Lines that nobody read meanwhile.
    await sleep(500);
    await lab.restart();
    const between = await lab.describeJob('survivor');
    expect([between.TrainingJobStatus, between.SecondaryStatus, between.TrainingStartTime]).toEqual([
      'InProgress',
      'Training',
      before.TrainingStartTime,
    ]);
    const seen = await lab.logLines('survivor');
    expect(seen).toEqual(numbered(seen.length));
    expect(seen.length).toBeLessThan(lines);
    const ended = await lab.endOf('survivor');
    expect([ended.TrainingJobStatus, ended.FailureReason]).toEqual(['Completed', undefined]);
    expect(await lab.logLines('survivor')).toEqual(numbered(lines));
    expect(demo.fileOfArchive(await lab.getObject('output/survivor/output/model.tar.gz'), 'id')).toMatch(/^0\.\d+$/u);
  });

  it('ends in order a job whose container ended while no daemon ran', async () => {
    await lab.createJob(countingJob('brief', 4, 100));
    await lab.firstLine('brief');
    await lab.restart(async () => await sleep(1_500));
    const ended = await lab.endOf('brief');
    expect([ended.TrainingJobStatus, ended.FailureReason]).toEqual(['Completed', undefined]);
    expect(await lab.logLines('brief')).toEqual(numbered(4));
  });

  it('stops a job that another daemon started, when it is asked to', async () => {
    await lab.createJob(demo.endlessJob('handed-over', network));
    await lab.firstLine('handed-over');
    await lab.restart();
    await lab.stopJob('handed-over');
    const ended = await lab.endOf('handed-over');
    expect(ended.TrainingJobStatus).toBe('Stopped');
    const archive = await lab.getObject('output/handed-over/output/model.tar.gz');
    expect(['first', 'last'].map((name) => demo.fileOfArchive(archive, name))).toEqual(['first', 'last']);
  });

  it('goes on with a job that had just begun, wherever the daemon ended', async () => {
    // Each ends the daemon a little later into the job's start.
    const delays = [0, 200, 600];
    for (const [index, delayMs] of delays.entries()) {
      const name = `begun-${index}`;
      await lab.createJob(countingJob(name, 3, 20));
      await sleep(delayMs);
      await lab.restart();
      const ended = await lab.endOf(name);
      expect([name, ended.TrainingJobStatus, ended.FailureReason]).toEqual([name, 'Completed', undefined]);
      expect(await lab.logLines(name)).toEqual(numbered(3));
    }
    const { NetworkInterfaces } = await lab.ec2.send(new DescribeNetworkInterfacesCommand({}));
    expect(NetworkInterfaces).toEqual([]);
  });
});
