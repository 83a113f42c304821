import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOwnProgram, startDaemon } from '../../drivers/process/program.ts';
import { Api } from '../api.ts';
import { readRunningDaemon } from '../daemon-file.ts';
import { buildPrivateNetwork, prepareDataAndRole } from '../demo/prepare.ts';
import { probeEntrypoint, probeTargets } from '../demo/probe.ts';
import { bucket, type PrivateNetwork, type Story } from '../demo/story.ts';
import { createTrainingJob, followTrainingJob, type TrainingJobDescription } from '../demo/training-job.ts';
import type { Terminal } from '../terminal.ts';

/** The main story, on a daemon of its own that leaves nothing behind. Exit code 1 when any part of it does not come true. */
export async function demo(terminal: Terminal, options: { readonly keep: boolean }): Promise<void> {
  const started = performance.now();
  const data = mkdtempSync(join(tmpdir(), 'cloister-demo-'));
  terminal.heading('Cloister: one training job in a really private VPC');
  terminal.note('Starting a daemon of its own; everything it makes is removed at the end.');
  const daemon = await startDaemon(['--data', data, '--port', '0']);
  try {
    const running = readRunningDaemon(data);
    terminal.done(`daemon ready at ${running.endpoint}, account ${running.accountId}, ${running.region}`);
    await tell({ terminal, api: new Api(running), region: running.region, accountId: running.accountId });
    terminal.line();
    terminal.line(`That took ${((performance.now() - started) / 1000).toFixed(1)} s.`);
    if (options.keep) await keepRunning(terminal, data, daemon.exited);
  } finally {
    await daemon.stop();
    await runOwnProgram('purge', ['--data', data]);
    rmSync(data, { recursive: true, force: true });
  }
}

async function keepRunning(terminal: Terminal, data: string, exited: Promise<unknown>): Promise<void> {
  terminal.command(`eval "$(./cloister env --data ${data})"`);
  terminal.note('The daemon runs until you press Ctrl-C.');
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
  });
  await Promise.race([interrupted, exited]);
}

async function tell(story: Story): Promise<void> {
  const { terminal } = story;
  terminal.heading('1. A bucket with real data, a role, and a private VPC');
  await prepareDataAndRole(story);
  const network = await buildPrivateNetwork(story);

  terminal.heading('2. The job of the guide, without an S3 endpoint');
  const refused = await train(story, network, 'demo-without-endpoint');
  expect(refused.TrainingJobStatus === 'Failed', `the job without an endpoint is refused, not ${refused.TrainingJobStatus}`);
  const reason = refused.FailureReason ?? '';
  terminal.refused(reason);
  expect(
    reason.startsWith("ClientError: Data download failed:Please ensure that the subnet's route table has a route to an S3 VPC endpoint"),
    "AWS's words",
  );
  expect(reason.includes(network.routeTableId), 'the route table is named');

  terminal.heading('3. The S3 gateway endpoint');
  const vpcEndpointId = await createEndpoint(story, network);

  terminal.heading('4. The same job again');
  const lines: string[] = [];
  const trained = await train(story, network, 'demo-with-endpoint', lines);
  expect(
    trained.TrainingJobStatus === 'Completed',
    `the job with the endpoint completes, not ${trained.TrainingJobStatus}: ${trained.FailureReason ?? ''}`,
  );
  const key = trained.ModelArtifacts.S3ModelArtifacts.replace(`s3://${bucket}/`, '');
  const head = await story.api.s3('HEAD', `/${bucket}/${key}`);
  terminal.done(`Completed. ${trained.ModelArtifacts.S3ModelArtifacts}, ${head.headers.get('content-length') ?? '?'} bytes`);
  const accuracy = /validation-accuracy:(?<value>[0-9.]+)/u.exec(lines.join('\n'))?.groups?.['value'];
  expect(accuracy !== undefined, 'the trainer tells its accuracy');
  terminal.done(`accuracy on rows it never saw: ${accuracy}`);

  terminal.heading('5. The way out, tried from inside the container');
  const probe: string[] = [];
  await createTrainingJob(story, network, { name: 'demo-way-out', image: 'cloister/base', entrypoint: probeEntrypoint, channels: [] });
  await followTrainingJob(story, 'demo-way-out', (line) => probe.push(line));
  for (const { address, port, what } of probeTargets) {
    const line = probe.find((candidate) => candidate.startsWith(address));
    expect(line !== undefined && !line.includes('REACHED'), `${what} is out of reach`);
    terminal.refused(`${what} (${address}:${port}): ${line?.split(' ').slice(1).join(' ') ?? ''}`);
  }
  await closing(story, network, vpcEndpointId);
}

async function train(story: Story, network: PrivateNetwork, name: string, lines: string[] = []): Promise<TrainingJobDescription> {
  story.terminal.command(
    `aws sagemaker create-training-job --training-job-name ${name} --vpc-config Subnets=${network.subnetId},SecurityGroupIds=${network.groupId} …`,
  );
  await createTrainingJob(story, network, {
    name,
    image: 'cloister/gbt',
    channels: ['train', 'validation'],
    hyperParameters: { objective: 'binary:logistic', num_round: '12', max_depth: '4' },
  });
  return await followTrainingJob(story, name, (line) => {
    lines.push(line);
    // XGBoost's tabs, as CloudWatch shows them.
    story.terminal.note(`| ${line.replaceAll('#011', '  ')}`);
  });
}

async function createEndpoint(story: Story, network: PrivateNetwork): Promise<string> {
  const { terminal, api, region } = story;
  terminal.command(
    `aws ec2 create-vpc-endpoint --vpc-id ${network.vpcId} --service-name com.amazonaws.${region}.s3 --route-table-ids ${network.routeTableId}`,
  );
  const created = await api.query('ec2', 'CreateVpcEndpoint', {
    VpcId: network.vpcId,
    ServiceName: `com.amazonaws.${region}.s3`,
    'RouteTableId.1': network.routeTableId,
  });
  const vpcEndpointId = created.text('vpcEndpoint', 'vpcEndpointId');
  const tables = await api.query('ec2', 'DescribeRouteTables', { 'RouteTableId.1': network.routeTableId });
  const route = tables.find((element) => element.name === 'item' && element.text('gatewayId') === vpcEndpointId);
  const prefixListId = route?.text('destinationPrefixListId') ?? '';
  expect(prefixListId.startsWith('pl-'), 'the route of the endpoint appears by itself');
  terminal.done(`${vpcEndpointId}, and in ${network.routeTableId} the route ${prefixListId} → ${vpcEndpointId} appeared by itself`);
  return vpcEndpointId;
}

interface NetworkReport {
  readonly counters: readonly { readonly name: string; readonly packets: number }[];
}

async function closing(story: Story, network: PrivateNetwork, vpcEndpointId: string): Promise<void> {
  const { terminal, api } = story;
  const report = (await api.operator(`/_cloister/networks/${network.vpcId}`)) as NetworkReport;
  const packets = (name: string): string =>
    String(report.counters.filter((counter) => counter.name.includes(name)).reduce((sum, counter) => sum + counter.packets, 0));
  terminal.heading('What was enforced');
  terminal.table(
    ['what', 'by', 'packets refused'],
    [
      ['no route, no packet', network.routeTableId, packets(`route.${network.routeTableId}`)],
      ['egress of the group', network.groupId, packets(`egress.${network.groupId}`)],
      ['ingress of the group', network.groupId, packets(`ingress.${network.groupId}`)],
      ['only its own address', 'anti-spoofing', packets('spoof')],
      ['S3 through the endpoint only', vpcEndpointId, '–'],
    ],
  );
  terminal.heading('Next');
  terminal.command('./cloister up &');
  terminal.command('eval "$(./cloister env)"');
  terminal.command('aws ec2 describe-vpcs');
}

/** The demo fails loudly when its story does not come true. */
function expect(condition: boolean, what: string): void {
  if (!condition) throw new Error(`the demo expected that ${what}`);
}
