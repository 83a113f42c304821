import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { AuthorizeSecurityGroupIngressCommand, DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pidsMaxDefault } from '../../../src/drivers/container/podman/create-parameters.ts';
import { credentialsAddress } from '../../../src/model/network/reserved.ts';
import { present } from '../../../src/stdx/assert.ts';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, rawText, region, sendFrom, type Network, type RawRequest } from './lab.ts';

/** What the code of a job sees of the machine, of other networks and of other jobs' credentials: nothing. */

let lab: DaemonLab;
let network: Network;
let host: Server;
const children: ChildProcess[] = [];
/** Told apart by it from every other process of the machine. */
const programName = `look-${process.pid}.cjs`;
/** What the program in the container saw, by job. */
const seen = new Map<string, any>();
const jobs = ['first', 'second'] as const;

/** Runs as the algorithm: tells what it sees in its first line, and stays until it is stopped. */
const program = `
const fs = require('node:fs'), net = require('node:net');
process.on('SIGTERM', () => process.exit(0));
setInterval(() => {}, 1000);
const attempt = (work) => { try { return work() } catch (error) { return error.code } };
const connects = (target) => new Promise((resolve) => {
  const [host, port] = target.split(':');
  const socket = net.connect({ host, port });
  socket.setTimeout(3000, () => socket.destroy(new Error('no answer')));
  socket.on('connect', () => { socket.destroy(); resolve('REACHED') });
  socket.on('error', (error) => resolve(error.code ?? error.message));
});
(async () => {
  const { targets, paths } = JSON.parse(fs.readFileSync('/opt/ml/input/data/train/targets.json'));
  const status = Object.fromEntries(fs.readFileSync('/proc/self/status', 'utf8').split('\\n').map((line) => line.split(/:\\s+/)));
  const url = 'http://169.254.170.2' + process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const answer = await fetch(url);
  console.log(JSON.stringify({
    status,
    limits: fs.readFileSync('/proc/self/limits', 'utf8'),
    processes: fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)),
    paths: Object.fromEntries(paths.map((path) => [path, attempt(() => fs.readdirSync(path).length)])),
    mounts: fs.readFileSync('/proc/self/mounts', 'utf8'),
    writes: attempt(() => fs.writeFileSync('/sys/kernel/mm/ksm/run', '0')),
    devices: fs.readdirSync('/dev'),
    interfaces: Object.keys(require('node:os').networkInterfaces()),
    reached: Object.fromEntries(await Promise.all(targets.map(async (target) => [target, await connects(target)]))),
    uri: process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,
    credentials: { status: answer.status, ...(await answer.json()) },
  }));
})();
`;

const hostAddresses = Object.values(networkInterfaces())
  .flat()
  .filter((found) => found?.family === 'IPv4')
  .map((found) => found?.address ?? '');

beforeAll(async () => {
  lab = await DaemonLab.open();
  host = createServer((socket) => socket.end('host')).listen(0, '0.0.0.0');
  await once(host, 'listening');
  const hostPort = (host.address() as { port: number }).port;
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  const elsewhere = ['169.254.169.254:80', '169.254.1.1:80', '10.0.0.1:80', '10.0.0.1:22', '203.0.113.10:443'];
  const targets = [...elsewhere, ...hostAddresses.flatMap((address) => [`${address}:${hostPort}`, `${address}:${lab.endpoint.port}`])];
  const paths = [lab.dataDirectory, '/var/lib/containers', '/run/netns', '/sys/fs/cgroup', '/root', '/home', process.cwd()];
  await lab.putObject('train/targets.json', JSON.stringify({ targets, paths }));
  await lab.putObject(`train/${programName}`, program);
  await Promise.all(
    jobs.map(async (name) => {
      const ContainerEntrypoint = ['node', `/opt/ml/input/data/train/${programName}`];
      const AlgorithmSpecification = { TrainingImage: 'cloister/base', TrainingInputMode: 'File' as const, ContainerEntrypoint };
      await lab.createJob({ ...demo.trainingJob(name, network), AlgorithmSpecification });
      seen.set(name, JSON.parse(await lab.firstLine(name)));
    }),
  );
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  host?.close();
  await lab?.close();
});

describe('the container', () => {
  it('has no capability, and no way to get one', () => {
    for (const { status } of seen.values()) {
      const none = '0000000000000000';
      expect(status).toMatchObject({ CapEff: none, CapPrm: none, CapBnd: none, CapInh: none, CapAmb: none, NoNewPrivs: '1' });
      // Of a filter of system calls.
      expect(status.Seccomp).toBe('2');
    }
  });

  it("runs as users of the job's own range", () => {
    const uids = hostProcesses().map((pid) => Number(/^Uid:\t(\d+)\t/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]));
    expect(uids).toHaveLength(jobs.length);
    // See src/reconcile/job/uid-range.ts.
    const ranges = uids.map((uid) => (uid - 0x2000_0000) / 0x1_0000);
    expect(new Set(ranges.map(Math.floor))).toEqual(new Set([0, 1]));
  });

  it('sees no process and no file of the machine', () => {
    for (const { processes, paths, mounts, writes, devices } of seen.values()) {
      expect(processes).toEqual(['1']);
      expect(new Set(Object.values(paths))).toSatisfy((found: Set<unknown>) =>
        [...found].every((one) => one === 'ENOENT' || one === 'EACCES' || one === 0),
      );
      expect(paths[lab.dataDirectory]).toBe('ENOENT');
      expect(mounts).not.toMatch(/ \/(?:var\/lib|run\/netns|root|home)[ /]/u);
      expect(writes).toMatch(/^(?:EROFS|EACCES|ENOENT)$/u);
      expect(devices).not.toContain('kmsg');
      expect(devices.filter((name: string) => /^(?:sd|vd|nvme|loop|mem|net)/u.test(name))).toEqual([]);
    }
  });

  it('has an end of processes', () => {
    for (const { limits } of seen.values()) expect(Number(/^Max processes +(\d+)/mu.exec(limits)?.[1])).toBeLessThanOrEqual(pidsMaxDefault);
    for (const pid of hostProcesses()) expect(Number(pidsMaxOf(pid))).toBeLessThanOrEqual(pidsMaxDefault);
  });

  it("reaches nothing of the machine, nor of the cloud's", () => {
    expect(hostAddresses.length).toBeGreaterThan(0);
    for (const { reached, interfaces } of seen.values()) {
      expect(interfaces.toSorted()).toEqual(['eth0', 'lo']);
      const targets = Object.entries(reached);
      expect(targets.length).toBeGreaterThanOrEqual(5 + 2 * hostAddresses.length);
      expect(targets.filter(([, answer]) => answer === 'REACHED')).toEqual([]);
    }
  });
});

/** The containers' programs, by their numbers on the machine. */
function hostProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return argv.length === 3 && argv[0] === 'node' && argv[1]?.endsWith(programName) === true;
      } catch {
        return false;
      }
    });
}

/** Of the cgroup that holds a process: of version 2, or of version 1's own hierarchy. */
function pidsMaxOf(pid: number): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
  const line = present(
    lines.find((candidate) => candidate.split(':')[1] === 'pids') ?? lines.find((candidate) => candidate.startsWith('0::')),
    'a process is in a cgroup',
  );
  const [, controller, path] = line.split(':');
  return readFileSync(`/sys/fs/cgroup/${controller === 'pids' ? 'pids' : ''}${path}/pids.max`, 'utf8').trim();
}

describe("the role's credentials", () => {
  const ask = (path: string): RawRequest => ({
    address: credentialsAddress,
    port: 80,
    text: rawText({ method: 'GET', path, headers: { host: credentialsAddress }, body: '' }),
  });

  it('are given to the algorithm, and are those of its role', async () => {
    const { credentials } = seen.get('first');
    expect(credentials).toMatchObject({ status: 200, RoleArn: demo.roleArn });
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = credentials;
    const endpoint = lab.endpoint.href;
    const sts = new STSClient({ region, endpoint, credentials: { accessKeyId, secretAccessKey, sessionToken } });
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toMatch(/^arn:aws:sts::000000000000:assumed-role\/training-role\//u);
  });

  it("are given in no other namespace: not the agent's, not a plain interface's, not another job's", async () => {
    const { NetworkInterfaces } = await lab.ec2.send(new DescribeNetworkInterfacesCommand({}));
    const namespaceOf = async (description: string): Promise<string> => {
      const found = NetworkInterfaces?.find(({ Description }) => Description?.endsWith(description) === true);
      return await lab.namespaceOf(present(found?.MacAddress, description));
    };
    const { uri } = seen.get('first');
    const { namespace: plain } = await lab.makeInterface(network);
    const agent = await namespaceOf('first: algo-1 agent');
    const algorithm = await namespaceOf('first: algo-1 algorithm');
    const other = await namespaceOf('second: algo-1 algorithm');
    for (const namespace of [agent, plain]) {
      // The address is the namespace's own, and nobody listens: no packet comes as far as a gate.
      const [answer] = await sendFrom(namespace, [ask(uri)]);
      expect(answer).toEqual({ status: 0, text: expect.stringContaining('ECONNREFUSED') });
    }
    const [foreign] = await sendFrom(other, [ask(uri)]);
    expect(foreign?.text).not.toContain(seen.get('first').credentials.AccessKeyId);
    expect(foreign?.status).toBe(400);
    // The same program, where it is answered.
    expect((await sendFrom(algorithm, [ask(uri)]))[0]?.status).toBe(200);
  });
});

describe('two VPCs of the same addresses', () => {
  async function listen(namespace: string): Promise<void> {
    const script = `require('node:net').createServer((socket) => socket.end('HTTP/1.1 200 here')).listen(7000, '0.0.0.0', () => console.log('ready'))`;
    const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout, 'data');
  }

  it('are two networks', async () => {
    const [here, there] = await Promise.all([lab.makeNetwork('10.4.0.0/16'), lab.makeNetwork('10.4.0.0/16')]);
    const [asker, listener] = [await lab.makeInterface(here), await lab.makeInterface(there)];
    const neighbour = await lab.makeInterface(there);
    await lab.makeInterface(here);
    await Promise.all([listen(listener.namespace), listen(neighbour.namespace)]);
    const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    for (const { groupId } of [here, there]) await lab.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }));

    const toListener = { address: listener.address, port: 7000, text: '' };
    await expect.poll(async () => (await sendFrom(neighbour.namespace, [toListener]))[0]?.status, { timeout: 15_000 }).toBe(200);
    const unused = '10.4.0.200';
    const { result, rose } = await lab.counted(
      here.vpcId,
      async () => await sendFrom(asker.namespace, [toListener, { ...toListener, address: unused }]),
    );
    expect(result.map(({ status }) => status)).toEqual([0, 0]);
    expect(rose).toContain(`destination.${here.vpcId}`);
  });
});
