import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AssociateDhcpOptionsCommand, CreateDhcpOptionsCommand, CreateNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { s3Address } from '../../src/model/network/reserved.ts';
import { present } from '../../src/stdx/assert.ts';
import { until } from './job.ts';
import type { Network } from './network.ts';
import type { SeedDaemon } from './seed-daemon.ts';
import type { World } from './world.ts';

/** Answers the names that it knows with the address of S3, and prints each that it is asked for. */
const server = (known: RegExp, address: string): string => `const { decode, encode } = require('dns-packet');
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (message, from) => {
    const { id, questions } = decode(message);
    const [{ name, type }] = questions;
    console.log(name);
    const isKnown = ${String(known)}.test(name);
    const answers = isKnown && type === 'A' ? [{ type, name, ttl: 5, data: '${s3Address}' }] : [];
    socket.send(encode({ type: 'response', id, flags: isKnown ? 0x0180 : 0x0183, questions, answers }), from.port, from.address);
  });
  socket.bind(53, '${address}', () => console.log('ready'));
  process.stdin.resume().on('end', () => process.exit());`;

export interface NameServer {
  readonly address: string;
  /** The names that it was asked for. */
  readonly asked: ReadonlySet<string>;
}

/** A name server of the user's own on an interface of the VPC, and the DHCP options that name it. Ends with this process. */
export async function startNameServer(world: World, daemon: SeedDaemon, network: Network, known: RegExp): Promise<NameServer> {
  const { ec2 } = daemon;
  const place = { SubnetId: network.subnetIds[0], Groups: [...network.groupIds] };
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand(place));
  const id = present(NetworkInterface?.NetworkInterfaceId, 'an interface has an id');
  const address = present(NetworkInterface?.PrivateIpAddress, 'an interface has an address');
  await until(`the kernel has ${id}`, () => Promise.resolve(daemon.hasInterface(id) ? true : undefined));
  const argv = [`--net=${daemon.interfacePath(id)}`, process.execPath, '-e', server(known, address)];
  const child = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  world.onClose(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  await once(child.stdout, 'data');
  const asked = new Set<string>();
  child.stdout.on('data', (lines: Buffer) => {
    for (const line of String(lines).trim().split('\n')) asked.add(line);
  });
  // Without a domain name no job would start.
  const DhcpConfigurations = [
    { Key: 'domain-name-servers', Values: [address] },
    { Key: 'domain-name', Values: ['corp.example'] },
  ];
  const { DhcpOptions } = await ec2.send(new CreateDhcpOptionsCommand({ DhcpConfigurations }));
  await ec2.send(new AssociateDhcpOptionsCommand({ VpcId: network.vpcId, DhcpOptionsId: DhcpOptions?.DhcpOptionsId }));
  return { address, asked };
}
