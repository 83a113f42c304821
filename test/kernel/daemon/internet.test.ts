import { readdirSync } from 'node:fs';
import * as Ec2 from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/drivers/process/process.ts';
import { heldBy } from './held.ts';
import { allocate, inspected, type Internet, makeInternet, markedOf } from './internet.ts';
import { DaemonLab, inVpc, rawText, sendFrom } from './lab.ts';

/** Gateways and Elastic IPs of a daemon that may die at any time: what is shown of them, and what the next one makes of them. */

let lab: DaemonLab;
let internet: Internet;

beforeAll(async () => {
  lab = await DaemonLab.open('as a process');
  internet = await makeInternet(lab);
});
afterAll(async () => void (await lab?.close()));

const subjects = (): readonly string[] => {
  const { internetGatewayId, natGatewayId, natAllocationId, ownAllocationId } = internet;
  return [internetGatewayId, natGatewayId, natAllocationId, ownAllocationId];
};
const allMarked = async (): Promise<string[]> => (await Promise.all(subjects().map(async (id) => await markedOf(lab, id)))).flat();
const inAgreement = async (): Promise<void> => await expect.poll(allMarked, { timeout: 20_000 }).toEqual([]);
const namespace = (owner: string): string => `${lab.prefix}-${owner}`;
const heldNamespaces = (kinds: string): string[] =>
  readdirSync('/run/netns').filter((name) => new RegExp(`^${lab.prefix}-[${kinds}][0-9]+$`, 'u').test(name));

/** S3 at the edge answers whoever reaches it. */
async function reachesEdge(): Promise<boolean[]> {
  const request = inVpc(rawText({ method: 'GET', path: '/', headers: {}, body: '' }));
  const answers = await Promise.all([internet.own, internet.behind].map(async (from) => await sendFrom(from.namespace, [request])));
  return answers.map(([answer]) => answer?.status === 403 || answer?.status === 307);
}

describe('cloister inspect', () => {
  it('shows gateways and Elastic IPs as they are stored, planned and in the kernel', async () => {
    await inAgreement();
    const { kind, facts } = await inspected(lab, internet.ownAllocationId);
    expect(kind).toBe('Elastic IP');
    const { own, ownPublicIp, internetGatewayId } = internet;
    const kernelOf = (name: string): readonly string[] => facts.find(({ fact }) => fact === name)?.kernel ?? [];
    expect(kernelOf(`to-private of ${internetGatewayId}`)).toEqual([`${ownPublicIp} : ${own.address}`]);
    expect(kernelOf('route in the edge')).toEqual([expect.stringMatching(new RegExp(`^${ownPublicIp} via 169\\.254\\.1\\.2 dev g\\d+$`, 'u'))]);
    const gateway = await inspected(lab, internetGatewayId);
    expect(gateway.facts.find(({ fact }) => fact === 'link to the edge')?.kernel).toEqual([expect.stringMatching(/^g\d+ up$/u), 'edge up']);
    const nat = await inspected(lab, internet.natGatewayId);
    expect(nat.facts.find(({ fact }) => fact === 'state')?.stored).toEqual(['available']);
    expect(nat.facts.find(({ fact }) => fact.endsWith('postrouting inside'))?.kernel.join()).toContain('snat to 10.0.0.');
  });

  it('marks what somebody changed', async () => {
    const [gateway = ''] = heldNamespaces('g');
    await run(['nsenter', `--net=/run/netns/${gateway}`, 'nft', 'flush', 'map', 'ip', 'cloister', 'to-private']);
    await run(['ip', '-n', namespace('n1'), 'route', 'delete', internet.ownPublicIp]);
    expect(await markedOf(lab, internet.ownAllocationId)).toEqual([`to-private of ${internet.internetGatewayId}`, 'route in the edge']);
    expect(await markedOf(lab, internet.internetGatewayId)).toEqual(['to-private inside', 'routes in the edge']);
    expect(await markedOf(lab, internet.natGatewayId)).toEqual([]);
  });

  it('shows those that lead nowhere as rows', async () => {
    const { InternetGateway } = await lab.ec2.send(new Ec2.CreateInternetGatewayCommand({}));
    const { allocationId, publicIp } = await allocate(lab);
    const detached = await inspected(lab, InternetGateway?.InternetGatewayId ?? '');
    expect([detached.agrees, detached.facts.map(({ stored }) => stored)]).toEqual([true, [[]]]);
    const free = await inspected(lab, allocationId);
    expect([free.agrees, free.facts.map(({ stored }) => stored)]).toEqual([true, [[publicIp], [], []]]);
  });
});

describe('after a SIGKILL', () => {
  it('the next daemon has everything as it is stored, and what somebody changed as well', async () => {
    await lab.restart();
    await inAgreement();
    await expect.poll(reachesEdge, { timeout: 10_000 }).toEqual([true, true]);
  });

  it('in the middle of their removal, the next daemon removes them', async () => {
    const { natGatewayId, natAllocationId, ownAllocationId, internetGatewayId, vpcId } = internet;
    const { Addresses } = await lab.ec2.send(new Ec2.DescribeAddressesCommand({ AllocationIds: [ownAllocationId] }));
    // Each is answered before anything is done in the kernel: the daemon dies while it is being done, or before.
    await lab.ec2.send(new Ec2.DeleteNatGatewayCommand({ NatGatewayId: natGatewayId }));
    await lab.restart();
    await expect.poll(reachesEdge, { timeout: 20_000 }).toEqual([true, false]);
    await lab.ec2.send(new Ec2.DisassociateAddressCommand({ AssociationId: Addresses?.[0]?.AssociationId }));
    await lab.restart();
    const released = async (AllocationId: string) =>
      await lab.ec2.send(new Ec2.ReleaseAddressCommand({ AllocationId })).then(
        () => 'released',
        (error: unknown) => String(error),
      );
    for (const id of [natAllocationId, ownAllocationId]) {
      await expect.poll(async () => await released(id), { timeout: 10_000 }).toBe('released');
    }
    await lab.ec2.send(new Ec2.DetachInternetGatewayCommand({ InternetGatewayId: internetGatewayId, VpcId: vpcId }));
    await lab.ec2.send(new Ec2.DeleteInternetGatewayCommand({ InternetGatewayId: internetGatewayId }));
    await lab.restart();
    await expect.poll(() => heldNamespaces('gn'), { timeout: 20_000 }).toEqual([]);
    expect(await reachesEdge()).toEqual([false, false]);
    // Of interfaces, those that the test made are left.
    expect(heldNamespaces('e')).toHaveLength(2);
  });

  it('a purge at once leaves nothing', async () => {
    await lab.ec2.send(new Ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: internet.own.id }));
    internet = await makeInternet(lab);
    await inAgreement();
    expect(heldNamespaces('gn')).toHaveLength(2);
    await lab.close();
    expect(heldBy(lab)).toEqual({ processes: [], cgroups: [], namespaces: [], mounts: [] });
    expect(readdirSync('/run').filter((name) => name.includes(lab.prefix))).toEqual([]);
  });
});
