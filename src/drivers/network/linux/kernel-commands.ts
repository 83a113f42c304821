import { closeSync, mkdirSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { checked, libc, SystemCallError } from '../../sockets/libc.ts';
import { inNamespace } from '../../sockets/namespace-sockets.ts';
import type { KernelCommand } from './kernel-command.ts';
import { namespaceFolder, namespacePath } from './namespaces.ts';
import { Netlink } from './netlink.ts';

/** Carries out commands, in order, by system calls of the calling thread. Stops at the first that fails. */
export function runKernelCommands(commands: readonly KernelCommand[]): void {
  for (let at = 0; at < commands.length;) {
    const command = commands[at];
    if (command === undefined) return;
    if (command.do === 'add-namespace' || command.do === 'delete-namespace') {
      if (command.do === 'add-namespace') addNamespace(command.namespace);
      else deleteNamespace(command.namespace);
      at += 1;
      continue;
    }
    // What comes next in one namespace is done in one visit.
    let end = at + 1;
    while (isInside(commands[end]) && commands[end]?.namespace === command.namespace) end += 1;
    visit(command.namespace, commands.slice(at, end).filter(isInside));
    at = end;
  }
}

type Inside = Exclude<KernelCommand, { readonly do: 'add-namespace' | 'delete-namespace' }>;
const isInside = (command: KernelCommand | undefined): command is Inside =>
  command !== undefined && command.do !== 'add-namespace' && command.do !== 'delete-namespace';

const [newNetwork, bind, recursive, shared, detach] = [0x4000_0000, 0x1000, 0x4000, 0x10_0000, 2]; // CLONE_NEWNET, MS_*, MNT_DETACH

/** As `ip netns add` does it: a new namespace of this thread, kept by a mount on a file, and back. */
function addNamespace(name: string): void {
  shareNamespaceFolder();
  const path = namespacePath(name);
  closeSync(openSync(path, 'wx', 0o444));
  const library = libc();
  const home = openSync('/proc/thread-self/ns/net', 'r');
  try {
    checked(library, `unshare for ${name}`, library.unshare(newNetwork));
    try {
      checked(library, `mount ${path}`, library.mount('/proc/thread-self/ns/net', path, 'none', bind));
    } finally {
      // A thread that cannot come back would work in the wrong network from then on.
      if (library.setns(home, newNetwork) < 0) library.abort();
    }
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(home);
  }
}

/** Mounts in the folder must be seen, and seen to go, in the mount namespaces of containers and of other programs. */
function shareNamespaceFolder(): void {
  mkdirSync(namespaceFolder, { recursive: true, mode: 0o755 });
  const library = libc();
  if (library.mount('', namespaceFolder, 'none', shared | recursive) === 0) return;
  checked(library, `bind ${namespaceFolder}`, library.mount(namespaceFolder, namespaceFolder, 'none', bind | recursive));
  checked(library, `share ${namespaceFolder}`, library.mount('', namespaceFolder, 'none', shared | recursive));
}

/** The links in it go with it. Its name may be there without a mount, after a crash. */
function deleteNamespace(name: string): void {
  const library = libc();
  const path = namespacePath(name);
  try {
    checked(library, `umount ${path}`, library.umount2(path, detach));
  } catch (error) {
    if (!(error instanceof SystemCallError) || error.code !== 'EINVAL') throw error;
  }
  unlinkSync(path);
}

function visit(namespace: string, commands: readonly Inside[]): void {
  inNamespace(libc(), namespacePath(namespace), () => {
    const netlink = new Netlink();
    try {
      for (const command of commands) apply(netlink, command);
    } finally {
      netlink.close();
    }
  });
}

function apply(netlink: Netlink, command: Inside): void {
  switch (command.do) {
    case 'add-link':
      return addLink(netlink, command);
    case 'open-link':
      return netlink.setLink(command.link, { isUp: true, ...(command.alias === undefined ? {} : { alias: command.alias }) });
    case 'close-link':
      return netlink.setLink(command.link, { isUp: false });
    case 'set':
      return writeSetting(command.setting);
    case 'put-address':
      return netlink.putAddress(command.address, command.device, command.scope === 'host');
    case 'delete-address':
      return netlink.deleteAddress(command.address, command.device);
    case 'put-neighbour':
      return netlink.putNeighbour(command.address, command.mac, command.device);
    case 'put-route':
      return netlink.putRoute(command.route);
    case 'delete-route':
      return netlink.deleteRoute(command.route);
  }
}

function addLink(netlink: Netlink, { link, mac, inside, insideLink = 'eth0', insideMac }: Extract<KernelCommand, { do: 'add-link' }>): void {
  const namespaceFile = openSync(namespacePath(inside), 'r');
  try {
    netlink.addVeth({ name: link, mac }, { name: insideLink, mac: insideMac, namespaceFile });
  } finally {
    closeSync(namespaceFile);
  }
}

/** `/proc/sys/net` shows the settings of the namespace of the thread that looks. */
function writeSetting(setting: string): void {
  const [name = '', value = ''] = setting.split('=');
  writeFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, value);
}
