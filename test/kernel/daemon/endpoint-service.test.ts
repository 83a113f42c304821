import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import * as Ec2 from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { present } from '../../../src/stdx/assert.ts';
import { AttachCommand } from '../../clients/cli-command.ts';
import { available, until } from './available.ts';
import { DaemonLab, type Network } from './lab.ts';

/** A TCP address of the operator's, reached through an endpoint at a private address of the VPC. */

let server: Server;
let lab: DaemonLab;
let network: Network;
let port: number;
let VpcEndpointId: string;
const name = 'licences.example.internal';

beforeAll(async () => {
  server = createServer({ allowHalfOpen: true }, (socket) => void text(socket).then((asked) => socket.end(`licence for ${asked}`)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ({ port } = server.address() as { port: number });
  lab = await DaemonLab.open('in this process', ['--endpoint-service', `licences=127.0.0.1:${port},${name}`]);
  network = await lab.makeNetwork();
  const { vpcId: VpcId, subnetId, groupId } = network;
  await lab.ec2.send(new Ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const Filters = [{ Name: 'tag:Name', Values: ['licences'] }];
  const { ServiceNames } = await lab.ec2.send(new Ec2.DescribeVpcEndpointServicesCommand({ Filters }));
  const { VpcEndpoint } = await lab.ec2.send(
    new Ec2.CreateVpcEndpointCommand({
      VpcEndpointType: 'Interface',
      ServiceName: present(ServiceNames?.[0], 'the service is listed'),
      VpcId,
      SubnetIds: [subnetId],
      SecurityGroupIds: [groupId],
    }),
  );
  VpcEndpointId = present(VpcEndpoint?.VpcEndpointId, 'an endpoint has an id');
  await available(lab.ec2, VpcEndpointId);
});
afterAll(async () => {
  await lab?.close();
  server?.close();
});

/** Exit code 9: no answer in time; 8: refused or reset. */
const client = (host: string): string => `const s = require('net').connect({ host: '${host}', port: ${port}, allowHalfOpen: true });
  s.setTimeout(1500, () => process.exit(9)); s.on('error', (error) => { console.log(error.code); process.exit(8); }); s.end('job 7'); s.pipe(process.stdout);`;

async function ask(host: string): Promise<{ code: number | null; stdout: string }> {
  const parameters = ['--data', lab.dataDirectory, network.subnetId, '--groups', network.groupId, '--', process.execPath, '-e', client(host)];
  const { code, stdout } = await new AttachCommand(parameters).end();
  return { code, stdout };
}

it('is refused by the group first, then carries the bytes of both sides, by its private name; nothing else is there', async () => {
  const { result, rose } = await lab.counted(network.vpcId, async () => await ask(name));
  expect(result.code).toBe(9);
  expect(rose).toContain(`ingress.${network.groupId}`);
  await lab.allowMembers(network);
  expect(await ask(name)).toEqual({ code: 0, stdout: 'licence for job 7' });
  // The address itself is not to be reached.
  expect((await ask('127.0.0.1')).code).toBe(8);
});

it('leads to the same service when the daemon starts again, and nowhere when the endpoint is deleted', async () => {
  await lab.restart();
  const served = { code: 0, stdout: 'licence for job 7' };
  expect(
    await until(
      async () => await ask(name),
      ({ code }) => code === 0,
    ),
  ).toEqual(served);
  await lab.ec2.send(new Ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpointId] }));
  expect(await ask(name)).toEqual({ code: 8, stdout: 'ENOTFOUND\n' });
});

it('resets a connection when nobody is at the address', async () => {
  const { vpcId: VpcId, subnetId, groupId } = network;
  const { ServiceNames } = await lab.ec2.send(new Ec2.DescribeVpcEndpointServicesCommand({ Filters: [{ Name: 'tag:Name', Values: ['licences'] }] }));
  const [ServiceName = ''] = ServiceNames ?? [];
  const { VpcEndpoint } = await lab.ec2.send(
    new Ec2.CreateVpcEndpointCommand({ VpcEndpointType: 'Interface', ServiceName, VpcId, SubnetIds: [subnetId], SecurityGroupIds: [groupId] }),
  );
  await available(lab.ec2, present(VpcEndpoint?.VpcEndpointId, 'an endpoint has an id'));
  server.close();
  await once(server, 'close');
  expect(await ask(name)).toEqual({ code: 8, stdout: 'ECONNRESET\n' });
});
