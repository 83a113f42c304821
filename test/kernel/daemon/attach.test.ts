import { readFileSync } from 'node:fs';
import * as Ec2 from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sleep } from '../../../src/stdx/deadline.ts';
import { AttachCommand } from '../../clients/cli-command.ts';
import { DaemonLab, execute, type Network } from './lab.ts';

/** `cloister attach`: a process of the user's own as the stand-in for an instance. */

let lab: DaemonLab;
let network: Network;

beforeAll(async () => {
  lab = await DaemonLab.open();
  network = await lab.makeNetwork();
});
afterAll(async () => void (await lab?.close()));

const attach = (...more: readonly string[]): AttachCommand =>
  new AttachCommand(['--data', lab.dataDirectory, network.subnetId, '--groups', network.groupId, ...more], {
    environment: { AWS_ENDPOINT_URL: lab.endpoint.origin },
  });

async function interfaces(): Promise<Ec2.NetworkInterface[]> {
  const Filters = [{ Name: 'vpc-id', Values: [network.vpcId] }];
  return (await lab.ec2.send(new Ec2.DescribeNetworkInterfacesCommand({ Filters }))).NetworkInterfaces ?? [];
}

async function untilNone(): Promise<void> {
  for (let tries = 0; tries < 100 && (await interfaces()).length > 0; tries += 1) await sleep(100);
  expect(await interfaces()).toEqual([]);
}

/** Processes with the word in their command lines, when they do not end. */
async function processesLeft(word: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await execute(['pgrep', '-f', word])).code !== 0) return '';
    await sleep(100);
  }
  return (await execute(['pgrep', '-a', '-f', word])).stdout;
}

it("runs a command at an address of the subnet, with the VPC's resolver, and passes on what it says and how it ends", async () => {
  const before = readFileSync('/etc/resolv.conf', 'utf8');
  const script = 'ip -4 -o address show dev eth0; cat /etc/resolv.conf; echo "url=$AWS_ENDPOINT_URL"; cat; exit 7';
  const command = attach('--ip', '10.0.0.77', '--', 'sh', '-c', script);
  command.child.stdin?.end('from stdin');
  const { code, stdout, stderr } = await command.end();
  expect([code, stderr]).toEqual([7, '']);
  expect(stdout).toMatch(/inet 10\.0\.0\.77\/32/);
  expect(stdout).toContain('nameserver 10.0.0.2\n');
  expect(stdout).toContain('url=\nfrom stdin');
  expect(readFileSync('/etc/resolv.conf', 'utf8')).toBe(before);
  expect(await interfaces()).toEqual([]);
});

it('is in use while it runs, known to the resolver, and not to be deleted', async () => {
  const command = attach('--', 'sh', '-c', 'echo ready; read line; getent hosts "$line"');
  await command.printed('ready');
  const [row] = await interfaces();
  expect(row).toMatchObject({
    Status: 'in-use',
    Groups: [{ GroupId: network.groupId }],
    RequesterManaged: false,
    Attachment: { DeviceIndex: 0, Status: 'attached', DeleteOnTermination: true, AttachmentId: expect.stringMatching(/^eni-attach-/) },
  });
  const { NetworkInterfaceId = '', PrivateIpAddress = '' } = row ?? {};
  await expect(lab.ec2.send(new Ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))).rejects.toMatchObject({
    message: `Network interface '${NetworkInterfaceId}' is currently in use.`,
  });
  command.child.stdin?.end(`ip-${PrivateIpAddress.replaceAll('.', '-')}.ec2.internal\n`);
  const { code, stdout } = await command.end();
  expect([code, stdout.trim().split(/\s+/)]).toEqual([0, ['ready', PrivateIpAddress, expect.stringContaining('.ec2.internal')]]);
});

it('is reached by whom its group lets in, and by no one else; the drop is counted', async () => {
  const server = attach('--', process.execPath, '-e', "require('net').createServer((s) => s.end('served')).listen(7000, () => console.log('ready'))");
  await server.printed('ready');
  const address = (await interfaces())[0]?.PrivateIpAddress ?? '';
  const client = `const s = require('net').connect({ host: '${address}', port: 7000 });
    s.setTimeout(1500, () => process.exit(9)); s.pipe(process.stdout)`;
  const ask = async () => await attach('--', process.execPath, '-e', client).end();
  const { result: refused, rose } = await lab.counted(network.vpcId, ask);
  expect([refused.code, refused.stdout]).toEqual([9, '']);
  expect(rose).toContain(`ingress.${network.groupId}`);
  await lab.allowMembers(network);
  const served = await ask();
  expect([served.code, served.stdout]).toEqual([0, 'served']);
  server.child.kill('SIGTERM');
  expect((await server.end()).code).toBe(143);
  expect(await interfaces()).toEqual([]);
});

it('frees its interface when it is killed, and ends what it had started', async () => {
  const word = `killed-${process.pid}-${network.vpcId}`;
  const command = attach('--', 'sh', '-c', `sleep 600 ${word} 2>/dev/null & echo ready; while :; do sleep 1; done; : ${word}`);
  await command.printed('ready');
  command.child.kill('SIGKILL');
  await untilNone();
  expect(await processesLeft(word)).toBe('');
});

it('frees it when the daemon was down at its end', async () => {
  const command = attach('--', 'sh', '-c', 'echo ready; read line');
  await command.printed('ready');
  await lab.restart(async () => {
    command.child.stdin?.end('\n');
    const { code, stderr } = await command.end();
    expect(code).toBe(0);
    expect(stderr).toContain('is left to the daemon');
  });
  await untilNone();
});

it("refuses in EC2's words, and leaves nothing", async () => {
  const refused = async (...parameters: readonly string[]) => (await new AttachCommand(['--data', lab.dataDirectory, ...parameters]).end()).stderr;
  expect(await refused('subnet-00000000', '--', 'true')).toContain("The subnet ID 'subnet-00000000' does not exist");
  expect(await refused(network.subnetId, '--ip', '10.0.0.1', '--', 'true')).toContain("Address 10.0.0.1 is in subnet's reserved address range");
  expect(await refused(network.subnetId)).toContain("missing required argument 'command'");
  const [none, gone] = await Promise.all([attach('--', 'no-such-program-here').end(), attach('--', 'true').end()]);
  expect([none.code, gone.code]).toEqual([127, 0]);
  expect(await interfaces()).toEqual([]);
});
