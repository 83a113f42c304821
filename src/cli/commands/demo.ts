import { Api } from '../api.ts';
import { readRunningDaemon } from '../daemon-file.ts';
import { tellOfCompiling } from '../demo/compile.ts';
import { buildPrivateNetwork, createEndpoint, prepareDataAndRole } from '../demo/prepare.ts';
import { probeEntrypoint, probeTargets } from '../demo/probe.ts';
import { expect, type PrivateNetwork, type Story } from '../demo/story.ts';
import { createTrainingJob, followTrainingJob, modelArchive, train } from '../demo/training-job.ts';
import { twoInstances } from '../demo/two-instances.ts';
import { withOwnDaemon } from '../own-daemon.ts';
import type { Terminal } from '../terminal.ts';

/** The main story, on a daemon of its own that leaves nothing behind. Exit code 1 when any part of it does not come true. */
export async function demo(terminal: Terminal, options: { readonly keep: boolean; readonly compile: boolean }): Promise<void> {
  const started = performance.now();
  terminal.heading(options.compile ? 'Cloister: train, compile, predict' : 'Cloister: one training job in a really private VPC');
  terminal.note('Starting a daemon of its own; everything it makes is removed at the end.');
  await withOwnDaemon('demo', async (data, daemon) => {
    const running = readRunningDaemon(data);
    terminal.done(`daemon ready at ${running.endpoint}, account ${running.accountId}, ${running.region}`);
    const story = { terminal, api: new Api(running), region: running.region, accountId: running.accountId };
    await (options.compile ? tellOfCompiling(story) : tell(story));
    terminal.line();
    terminal.line(`That took ${((performance.now() - started) / 1000).toFixed(1)} s.`);
    if (options.keep) await keepRunning(terminal, data, daemon.exited);
  });
}

async function keepRunning(terminal: Terminal, data: string, exited: Promise<unknown>): Promise<void> {
  terminal.command(`eval "$(./cloister env --data ${data})"`);
  terminal.note('The daemon runs until you press Ctrl-C.');
  await exited;
}

async function tell(story: Story): Promise<void> {
  const { terminal } = story;
  terminal.heading('1. A bucket with real data, a role, and a private VPC');
  await prepareDataAndRole(story);
  const network = await buildPrivateNetwork(story);

  terminal.heading('2. The job of the guide, without an S3 endpoint');
  const refused = await train(story, network, { name: 'demo-without-endpoint' });
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
  const trained = await train(story, network, { name: 'demo-with-endpoint' }, lines);
  expect(
    trained.TrainingJobStatus === 'Completed',
    `the job with the endpoint completes, not ${trained.TrainingJobStatus}: ${trained.FailureReason ?? ''}`,
  );
  const archive = await modelArchive(story, trained);
  terminal.done(`Completed. ${trained.ModelArtifacts.S3ModelArtifacts}, ${archive.length} bytes`);
  const accuracy = /validation-accuracy:(?<value>[0-9.]+)/u.exec(lines.join('\n'))?.groups?.['value'];
  expect(accuracy !== undefined, 'the trainer tells its accuracy');
  terminal.done(`accuracy on rows it never saw: ${accuracy}`);

  await twoInstances(story, network, archive);

  terminal.heading('8. The way out, tried from inside the container');
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

interface NetworkReport {
  readonly drops: readonly {
    readonly gate: string;
    readonly protocol: string;
    readonly source: string;
    readonly destination: string;
    readonly destinationPort?: number;
    readonly packets: number;
  }[];
}

/** What the kernel dropped in this VPC, flow by flow, and the gate that dropped it. */
async function closing(story: Story, network: PrivateNetwork, vpcEndpointId: string): Promise<void> {
  const { terminal, api } = story;
  const { drops } = (await api.operator(`/_cloister/networks/${network.vpcId}`)) as NetworkReport;
  expect(drops.length > 0, 'the kernel counted what it refused');
  const gates: Readonly<Record<string, string>> = {
    route: `no route in ${network.routeTableId}`,
    destination: `no such address in ${network.vpcId}`,
    router: 'the router answers DNS and nothing else',
    'egress-groups': `egress of ${network.groupId}`,
    'ingress-groups': `ingress of ${network.groupId}`,
  };
  const flows = new Map<string, { readonly to: string; readonly gate: string; packets: number }>();
  for (const { gate, protocol, destination, destinationPort, packets } of drops) {
    const to = `${protocol} ${destination}${destinationPort === undefined ? '' : `:${destinationPort}`}`;
    const flow = flows.get(`${gate} ${to}`) ?? { to, gate: gates[gate] ?? gate, packets: 0 };
    flow.packets += packets;
    flows.set(`${gate} ${to}`, flow);
  }
  terminal.heading('What the kernel refused');
  terminal.table(
    ['from the job to', 'stopped by', 'packets'],
    [...flows.values()].map(({ to, gate, packets }) => [to, gate, String(packets)]),
  );
  terminal.line();
  terminal.line(`  S3 was reached through ${vpcEndpointId} and by no other way.`);
  terminal.heading('Next');
  terminal.command('./cloister up &');
  terminal.command('eval "$(./cloister env --wait)"');
  terminal.command('aws ec2 describe-vpcs');
  terminal.note('README.md shows the whole story with plain aws commands.');
}
