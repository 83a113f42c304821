import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { AssociateDhcpOptionsCommand, AuthorizeSecurityGroupIngressCommand, CreateDhcpOptionsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { s3Address } from '../../../src/model/network/reserved.ts';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, type Network } from './lab.ts';

/** A VPC whose DHCP options name a server of the user's own, on another interface of the VPC. */

let lab: DaemonLab;
let network: Network;
let server: { readonly id: string; readonly namespace: string; readonly address: string };
let program: ChildProcess | undefined;
const asked = new Set<string>();

beforeAll(async () => {
  lab = await DaemonLab.open();
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  server = await lab.makeInterface(network);
  const DhcpConfigurations = [
    { Key: 'domain-name-servers', Values: [server.address] },
    { Key: 'domain-name', Values: ['corp.example'] },
  ];
  const { DhcpOptions } = await lab.ec2.send(new CreateDhcpOptionsCommand({ DhcpConfigurations }));
  await lab.ec2.send(new AssociateDhcpOptionsCommand({ VpcId: network.vpcId, DhcpOptionsId: DhcpOptions?.DhcpOptionsId }));
});
afterAll(async () => {
  program?.kill('SIGKILL');
  await lab?.close();
});

/** Answers names of S3 with its address, and prints each that it is asked for. */
async function startServer(known: RegExp): Promise<void> {
  program?.kill('SIGKILL');
  const script = `const { decode, encode } = require('dns-packet');
    const socket = require('node:dgram').createSocket('udp4');
    socket.on('message', (message, from) => {
      const { id, questions } = decode(message);
      const { name } = questions[0];
      console.log(name);
      const found = ${String(known)}.test(name);
      const answers = found ? [{ type: 'A', name, ttl: 5, data: '${s3Address}' }] : [];
      socket.send(encode({ type: 'response', id, flags: found ? 0x0180 : 0x0183, questions, answers }), from.port, from.address);
    });
    socket.bind(53, '${server.address}', () => console.log('ready'));`;
  program = spawn('nsenter', [`--net=/run/netns/${server.namespace}`, process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { stdout } = program;
  if (stdout === null) throw new Error('the server has no output');
  await once(stdout, 'data');
  stdout.on('data', (lines: Buffer) => {
    for (const line of String(lines).trim().split('\n')) asked.add(line);
  });
}

it('asks the server of the DHCP options, through the groups on the way', async () => {
  await startServer(/amazonaws/u);
  const { result, rose } = await lab.counted(network.vpcId, async () => await lab.runJob(demo.trainingJob('no-rule-for-names', network)));
  expect(result.TrainingJobStatus).toBe('Failed');
  expect(result.FailureReason).toContain(demo.downloadFailed);
  expect(result.FailureReason).toContain(`Could not reach ${server.address}:53`);
  expect(result.FailureReason).toContain(`security group ${network.groupId} has no ingress rule that allows udp 53 from`);
  expect(rose).toEqual([`ingress.${network.groupId}`]);
  expect(asked).toEqual(new Set());

  const IpPermissions = [{ IpProtocol: 'udp', FromPort: 53, ToPort: 53, UserIdGroupPairs: [{ GroupId: network.groupId }] }];
  await lab.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: network.groupId, IpPermissions }));
  const { TrainingJobStatus, FailureReason } = await lab.runJob(demo.trainingJob('own-names', network));
  expect([TrainingJobStatus, FailureReason]).toEqual(['Completed', undefined]);
  expect([...asked].some((name) => name === `${demo.bucket}.s3.us-east-1.amazonaws.com`)).toBe(true);
});

it("stands in the container's resolv.conf with the domain of the options, and its answers reach the code", async () => {
  await startServer(/amazonaws|^db\.corp\.example$/u);
  const code =
    "console.log(JSON.stringify(require('fs').readFileSync('/etc/resolv.conf','utf8')));require('dns').lookup('db',{family:4},(e,a)=>console.log(e?.code??a))";
  const { AlgorithmSpecification, ...job } = demo.endlessJob('names-of-code', network);
  const specification = { ...AlgorithmSpecification, ContainerEntrypoint: ['node', '-e', code] };
  const { TrainingJobStatus, FailureReason } = await lab.runJob({ ...job, AlgorithmSpecification: specification });
  expect([TrainingJobStatus, FailureReason]).toEqual(['Completed', undefined]);
  const resolvConf = `search corp.example\nnameserver ${server.address}\noptions timeout:2 attempts:2\n`;
  expect(await lab.logLines('names-of-code')).toEqual([JSON.stringify(resolvConf), s3Address]);
});

it('fails the job when that server does not know the names of S3, and says which it asked', async () => {
  await startServer(/corp\.example$/u);
  const { TrainingJobStatus, FailureReason } = await lab.runJob(demo.trainingJob('unknown-names', network));
  expect(TrainingJobStatus).toBe('Failed');
  expect(FailureReason).toContain(demo.downloadFailed);
  expect(FailureReason).toContain(`No address of ${demo.bucket}.s3.us-east-1.amazonaws.com was found: ENOTFOUND`);
  expect(FailureReason).toContain(`whose servers are ${server.address}. Name one that knows the names of S3, or AmazonProvidedDNS.`);
});
