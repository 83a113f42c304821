import { resolve } from 'node:path';
import { CreateNetworkAclEntryCommand, DescribeNetworkAclsCommand, DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Inspection } from '../../../src/daemon/inspect/inspection.ts';
import { run } from '../../../src/drivers/process/process.ts';
import { namespacePath } from '../../../src/drivers/network/linux/namespaces.ts';
import { present } from '../../../src/stdx/assert.ts';
import * as demo from '../../clients/demo-path.ts';
import { bodyOf, DaemonLab, execute, sendFromHost, type Network } from './lab.ts';

/** What is stored, planned and in the kernel, side by side: in agreement, until somebody changes the kernel behind the daemon's back. */

/** Images that are another one here. */
const ecrRegistry = '683313688378.dkr.ecr.us-east-1.amazonaws.com/';
const TrainingImage = `${ecrRegistry}sagemaker-scikit-learn:1.2-1-cpu-py3`;

let lab: DaemonLab;
let network: Network;
let endpointId: string;
let networkAclId: string;
/** Of nobody: a plain interface. */
let plain: Awaited<ReturnType<DaemonLab['makeInterface']>>;
/** Where the algorithm of the job runs. */
let algorithmId: string;

beforeAll(async () => {
  lab = await DaemonLab.open('in this process', ['--map-image', `${ecrRegistry}*=cloister/base`]);
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  endpointId = await lab.makeS3Endpoint(network);
  const job = demo.endlessJob('endless', network);
  await lab.createJob({ ...job, AlgorithmSpecification: { ...job.AlgorithmSpecification, TrainingImage } });
  await lab.firstLine('endless');
  const { NetworkInterfaces } = await lab.ec2.send(new DescribeNetworkInterfacesCommand({}));
  const algorithm = NetworkInterfaces?.find(({ Description }) => Description?.endsWith('algorithm') === true);
  algorithmId = present(algorithm?.NetworkInterfaceId, 'the job has two interfaces');
  plain = await lab.makeInterface(network);
  const { NetworkAcls } = await lab.ec2.send(new DescribeNetworkAclsCommand({ Filters: [{ Name: 'vpc-id', Values: [network.vpcId] }] }));
  networkAclId = present(NetworkAcls?.[0]?.NetworkAclId, 'a VPC is born with an ACL');
  const noMail = { Protocol: '6', PortRange: { From: 25, To: 25 }, RuleAction: 'deny', CidrBlock: '0.0.0.0/0' } as const;
  await lab.ec2.send(new CreateNetworkAclEntryCommand({ ...noMail, NetworkAclId: networkAclId, RuleNumber: 90, Egress: false }));
});
afterAll(async () => void (await lab?.close()));

const ask = async (id: string): Promise<{ status: number; body: unknown }> => {
  const text = await lab.signed('cloister', { method: 'GET', path: `/_cloister/inspect/${id}`, headers: {}, body: '' });
  const answer = await sendFromHost(lab.onHost(text));
  return { status: answer.status, body: JSON.parse(bodyOf(answer.text)) };
};
const inspect = async (id: string): Promise<Inspection> => (await ask(id)).body as Inspection;
const marked = async (id: string): Promise<string[]> => (await inspect(id)).facts.filter(({ agrees }) => !agrees).map(({ fact }) => fact);
const cli = async (...argv: readonly string[]) =>
  await execute([process.execPath, '--disable-warning=ExperimentalWarning', resolve('src/cli/main.ts'), ...argv, '--data', lab.dataDirectory]);

const ids = (): Readonly<Record<string, string>> => ({
  VPC: network.vpcId,
  subnet: network.subnetId,
  'route table': network.routeTableId,
  'security group': network.groupId,
  'gateway endpoint': endpointId,
  'network ACL': networkAclId,
  'network interface': algorithmId,
  'training job': 'endless',
});

describe('a healthy machine', () => {
  it.each(['VPC', 'subnet', 'route table', 'security group', 'gateway endpoint', 'network ACL', 'network interface', 'training job'])(
    'holds of a %s what is planned',
    async (kind) => {
      const id = ids()[kind] ?? '';
      await expect.poll(async () => await marked(id), { timeout: 10_000 }).toEqual([]);
      const { facts, ...rest } = await inspect(id);
      expect(rest).toEqual({ id, kind, agrees: true });
      // The kernel said it, and not nothing.
      expect(facts.filter(({ planned }) => planned.length > 0).length).toBeGreaterThanOrEqual(1);
      expect(facts.filter(({ planned, kernel }) => planned.length > 0 && kernel.length === 0)).toEqual([]);
    },
  );

  it('tells which image runs under the name that was asked for, and to AWS clients the name as it was', async () => {
    const { facts } = await inspect('endless');
    expect(facts.find(({ fact }) => fact === 'image')?.stored).toEqual([`cloister/base, asked for as ${TrainingImage}`]);
    const job = await lab.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'endless' }));
    expect(job.AlgorithmSpecification?.TrainingImage).toBe(TrainingImage);
    expect(job.SecondaryStatusTransitions?.[0]?.StatusMessage).toContain('TrainingImage is cloister/base of the local store.');
  });

  it("shows an interface's address, MAC, routes, gates and listener in three columns", async () => {
    const { facts } = await inspect(algorithmId);
    const columns = (name: string) => facts.filter(({ fact }) => fact === name).map(({ stored, planned, kernel }) => [stored, planned, kernel]);
    const [addresses] = columns('addresses');
    const [address] = addresses?.[0] ?? [];
    expect(addresses?.slice(1)).toEqual(Array.from({ length: 2 }, () => [`${address} dev eth0`, '169.254.170.2 dev lo']));
    expect(columns('alias')).toEqual([[[algorithmId], [algorithmId], [algorithmId]]]);
    const [routes] = columns('routes inside');
    expect(routes?.[2]).toContain(`default via 169.254.1.1 dev eth0 src ${address}`);
    expect(columns('listener')).toEqual([[[], ['tcp 169.254.170.2:80'], ['tcp 169.254.170.2:80']]]);
    const [gates] = columns('source gates');
    expect(gates?.[2]?.find((line) => line.startsWith('@source.owners'))).toContain(` . ${address} : `);
  });

  it('shows the entries of a network ACL and the rules at its subnet', async () => {
    const { facts } = await inspect(networkAclId);
    const [entries, rules] = ['ingress', `ingress-acl of ${network.subnetId}`].map((name) => facts.find(({ fact }) => fact === name));
    expect(entries?.stored).toEqual(['rule 90 denies tcp 25 from 0.0.0.0/0', 'rule 100 allows all traffic from 0.0.0.0/0']);
    expect(rules?.kernel.some((line) => line.includes('tcp dport 25'))).toBe(true);
  });

  it("shows a job's agent, container and saga", async () => {
    const { facts } = await inspect('endless');
    const kernelOf = (name: string): readonly string[] => facts.find(({ fact }) => fact === name)?.kernel ?? [];
    expect(kernelOf('algo-1, container')).toEqual(['running']);
    // It has no input: nobody needed its agent yet.
    expect(kernelOf('algo-1, agent')).toEqual(['none']);
    expect(kernelOf('algo-1, interface of the algorithm')).toEqual([expect.stringMatching(/-e\d+ up$/u)]);
    expect(facts.find(({ fact }) => fact === 'step train-instances')?.stored).toEqual(['intent']);
  });

  it('is told in short on the command line', async () => {
    const { code, stdout } = await cli('inspect', plain.id);
    expect(stdout).toContain(`network interface ${plain.id}`);
    expect(stdout).toContain('✓ what is stored, what is planned and what the kernel holds agree');
    expect(code).toBe(0);
    const status = await cli('status');
    expect(status.stdout).toMatch(/training jobs: 1 InProgress\n/u);
    expect(status.stdout).toContain(`image ${ecrRegistry}* is cloister/base`);
    expect(status.stdout).toMatch(/networks: 1 VPC, 3 interfaces, 1 endpoint; 1 bucket\n/u);
    expect(status.stdout).toMatch(/vpc-network: in agreement \(\d.* ago, \d+ ms, \d+ changes?\)/u);
    expect(JSON.parse((await cli('status', '--json')).stdout)).toMatchObject({ status: 'ok', resources: { vpcs: 1 } });
  });

  it.each(['vpc-0123456789abcdef0', 'no-such-job'])('says in one line that there is no %s', async (id) => {
    const message = `${id} is no VPC, subnet, route table, security group, network ACL, network interface, endpoint, internet gateway, NAT gateway, Elastic IP, training or compilation job of this daemon`;
    expect(await ask(id)).toEqual({ status: 404, body: { message } });
    const { code, stdout } = await cli('inspect', id);
    expect([code, stdout]).toEqual([1, '']);
  });
});

describe('behind the back of the daemon', () => {
  const inRouter = async (...argv: readonly string[]): Promise<string> => {
    const { vpcId } = network;
    const vpc = await inspect(vpcId);
    const [namespace] = vpc.facts.find(({ fact }) => fact === 'namespace')?.planned ?? [];
    return await run(['nsenter', `--net=${namespacePath(namespace ?? '')}`, ...argv]);
  };

  it('a route that was deleted inside an interface is marked', async () => {
    await run(['ip', '-n', plain.namespace, 'route', 'delete', 'default']);
    expect(await marked(plain.id)).toEqual(['routes inside']);
    const { code, stdout } = await cli('inspect', plain.id);
    expect(stdout).toMatch(/✗ +routes inside .*\n +! default via 169\.254\.1\.1 dev eth0 src \S+\n/u);
    expect(code).toBe(1);
    expect(await marked(algorithmId)).toEqual([]);
  });

  it('a chain that was flushed is marked, in everything that it is part of', async () => {
    const chain = `egress.${network.groupId}`;
    await inRouter('nft', 'flush', 'chain', 'ip', 'cloister', chain);
    expect(await marked(algorithmId)).toEqual([`egress rules of ${network.groupId}`]);
    expect(await marked(network.vpcId)).toEqual([`chain ${chain}`]);
    expect((await marked(network.groupId)).every((fact) => fact.startsWith('egress '))).toBe(true);
    expect(await marked(network.groupId)).not.toEqual([]);
    expect(await marked(endpointId)).toEqual([]);
  });

  it('a rule that lets pass more than the group says is marked', async () => {
    await inRouter('nft', 'insert', 'rule', 'ip', 'cloister', 'ingress', 'accept');
    expect(await marked(endpointId)).toEqual(['ingress gates']);
    expect(await marked(network.vpcId)).toContain('chain ingress');
  });

  it('an endpoint whose way was taken is marked', async () => {
    const { facts } = await inspect(network.routeTableId);
    const route = facts.find(({ fact }) => fact.startsWith('route 198.18.'))?.kernel[0] ?? '';
    await inRouter('ip', 'route', 'delete', ...route.split(' ').slice(2), ...route.split(' ').slice(0, 2));
    expect(await marked(network.routeTableId)).toEqual(['route 198.18.0.0/24']);
    expect(await marked(endpointId)).toContain('routes to it');
  });

  it('an ended job has neither interfaces nor agent nor container, and that is as planned', async () => {
    const { facts } = await inspect('endless');
    expect(facts.find(({ fact }) => fact === 'algo-1, container')?.agrees).toBe(true);
    await lab.stopJob('endless');
    await lab.endOf('endless');
    const ended = await inspect('endless');
    expect(ended.agrees).toBe(true);
    // What it took of the machine is known when it ran long enough.
    const resources = ended.facts.filter(({ fact }) => fact.startsWith('algo-1, ') && fact !== 'algo-1, use of the machine');
    expect(resources.map(({ kernel }) => kernel)).toEqual([[], [], ['none'], ['none']]);
  });
});
