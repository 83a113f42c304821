import { describe, expect, it } from 'vitest';
import { registries } from '../../src/daemon/registries.ts';
import { serviceAccountId } from '../../src/model/job/service-account.ts';
import type { Operation } from '../../src/services/operation.ts';
import { allowing, iamWorld } from '../fixtures/iam-world.ts';
import { nothing, trainingWorld } from '../fixtures/training-world.ts';

const credentials = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';
const withoutConfig = { VpcConfig: undefined };
const variants = {
  'without VpcConfig': withoutConfig,
  isolated: { EnableNetworkIsolation: true },
} as const;
const ownMoments = /CreateNetworkInterface|networkApplied|removed|create$|release$/u;
const names = Object.keys(variants) as (keyof typeof variants)[];

/** A job that stands still when its containers were started: its interfaces, by the VPC's owner and the group's name. */
async function interfacesOf(variant: keyof typeof variants, rolePolicy?: string) {
  const world = trainingWorld({}, variants[variant], rolePolicy);
  const strangers = new Set(world.store.ec2.networkInterfaces.list().map(({ networkInterfaceId }) => networkInterfaceId));
  let seen: { owner: string; device: number | undefined; groups: string[]; subnetId: string }[] = [];
  const { networkApplied } = world.services;
  Object.assign(world.services, {
    networkApplied: async (...parameters: Parameters<typeof networkApplied>) => {
      const rows = world.store.ec2.networkInterfaces.list().filter(({ networkInterfaceId, interfaceType }) => {
        return !strangers.has(networkInterfaceId) && interfaceType === 'interface';
      });
      if (rows.length === 4) {
        const inOrder = rows.toSorted((a, b) => a.number - b.number);
        seen = inOrder.map(({ ownerId, attachment, groupIds, subnetId }) => ({
          owner: ownerId,
          device: attachment?.deviceIndex,
          groups: groupIds.map((id) => world.store.ec2.securityGroups.get(id).groupName),
          subnetId,
        }));
      }
      await networkApplied(...parameters);
    },
  });
  await world.run();
  return { world, seen };
}

it('an isolated job without VpcConfig completes, too', async () => {
  const world = trainingWorld({}, { ...withoutConfig, EnableNetworkIsolation: true });
  expect(await world.run()).toBe(1);
  expect([world.row().status, world.row().failureReason, world.held()]).toEqual(['Completed', undefined, nothing]);
});

describe.each(names)('a job that is %s', (variant) => {
  it('completes and holds nothing', async () => {
    const world = trainingWorld({}, variants[variant]);
    expect(await world.run()).toBe(1);
    expect([world.row().status, world.row().failureReason, world.held()]).toEqual(['Completed', undefined, nothing]);
  });

  it.each(['fail', 'crash', 'stop'] as const)('gives everything back whenever it meets: %s', async (kind) => {
    const whole = trainingWorld({}, variants[variant]);
    await whole.run();
    // What other jobs do, too, is tried with them.
    const own = [...whole.faults.moments.entries()].filter(([, name]) => ownMoments.test(name));
    const ends = own.map(async ([moment, name]) => {
      const world = trainingWorld({ [moment]: kind }, variants[variant]);
      await world.run();
      return { moment: `${kind} at ${name}`, held: world.held(), completed: world.row().status === 'Completed' };
    });
    const ended = await Promise.all(ends);
    expect(ended).toEqual(ended.map(({ moment, completed }) => ({ moment, held: nothing, completed: kind === 'crash' || completed })));
  });
});

describe('without VpcConfig', () => {
  it("both interfaces are SageMaker's own, in the group of the job alone", async () => {
    const { seen } = await interfacesOf('without VpcConfig');
    expect(seen.map(({ owner, device, groups }) => [owner, device, groups])).toEqual([
      [serviceAccountId, 0, ['managed job']],
      [serviceAccountId, 1, ['managed job']],
      [serviceAccountId, 0, ['managed job']],
      [serviceAccountId, 1, ['managed job']],
    ]);
  });

  it("no ec2: action of the role's is asked for", async () => {
    const { world } = await interfacesOf('without VpcConfig', allowing(['s3:*', 'logs:*']));
    expect([world.row().status, world.refused]).toEqual(['Completed', []]);
  });

  it('nothing of its network is in a listing of the account, or can be named', async () => {
    const { world } = await interfacesOf('without VpcConfig');
    const { store } = world;
    const own = <Row extends { ownerId: string }>(rows: readonly Row[]): Row[] => rows.filter(({ ownerId }) => ownerId === serviceAccountId);
    const { ec2 } = store;
    const hidden = [
      ...own(ec2.vpcs.list()).map(({ vpcId }) => vpcId),
      ...own(ec2.subnets.list()).map(({ subnetId }) => subnetId),
      ...own(ec2.routeTables.list()).map(({ routeTableId }) => routeTableId),
      ...own(ec2.networkAcls.list()).map(({ networkAclId }) => networkAclId),
      ...own(ec2.securityGroups.list()).map(({ groupId }) => groupId),
      ...own(ec2.networkInterfaces.list()).map(({ networkInterfaceId }) => networkInterfaceId),
      ...own(ec2.internetGateways.list()).map(({ internetGatewayId }) => internetGatewayId),
      ...own(ec2.natGateways.list()).map(({ natGatewayId }) => natGatewayId),
      ...own(ec2.elasticIps.list()).map(({ allocationId }) => allocationId),
    ];
    expect(hidden).toHaveLength(11);
    const asRoot = iamWorld().contextOf;
    const root = { type: 'root', accountId: '123456789012', arn: 'arn:aws:iam::123456789012:root' } as const;
    const context = { ...asRoot(root, { kind: 'host', sourceIp: '127.0.0.1', secure: false }), store };
    for (const [name, operation] of Object.entries(registries.ec2)) {
      if (!name.startsWith('Describe')) continue;
      const shown = (() => {
        try {
          return JSON.stringify((operation as Operation<object, unknown>).commit({}, context, undefined)) ?? '';
        } catch (error) {
          return String(error);
        }
      })();
      for (const id of hidden) expect(`${name} ${shown}`).not.toContain(id);
    }
    const named = own(ec2.subnets.list())[0]?.subnetId ?? '';
    expect(() => (registries.ec2['DescribeSubnets'] as Operation<object, unknown>).commit({ SubnetIds: [named] }, context, undefined)).toThrow(
      `The subnet ID '${named}' does not exist`,
    );
  });
});

describe('with network isolation', () => {
  it("the agent's interface alone is in the job's VPC; the algorithm's is in a network of the job's own, that gives no credentials", async () => {
    const { world, seen } = await interfacesOf('isolated');
    expect(seen.map(({ owner, device, groups }) => [owner, device, groups])).toEqual([
      ['123456789012', 0, ['default']],
      [serviceAccountId, 2, ['peers job']],
      ['123456789012', 0, ['default']],
      [serviceAccountId, 2, ['peers job']],
    ]);
    expect(world.placement.specs.map(({ resolvConf }) => resolvConf)).toEqual(['', '']);
    expect(world.placement.specs.map(({ nameServers }) => nameServers)).toEqual([['10.0.0.2'], ['10.0.0.2']]);
    const names = world.containers.specs.map(({ environment }) => Object.keys(environment));
    expect(names).toEqual([expect.not.arrayContaining([credentials]), expect.not.arrayContaining([credentials])]);
    const whole = (await interfacesOf('without VpcConfig')).world.containers.specs.map(({ environment }) => Object.keys(environment));
    expect(whole).toEqual([expect.arrayContaining([credentials]), expect.arrayContaining([credentials])]);
  });

  it('a packet that was refused is told with the reason', async () => {
    const world = trainingWorld({}, variants.isolated);
    world.containers.exitCodeOf = () => 1;
    let asked = 0;
    const drops = async () => {
      const sender = world.store.ec2.networkInterfaces.list().find(({ attachment }) => attachment?.deviceIndex === 2);
      asked += 1;
      const packet = { gate: 'egress-groups', fromInterface: sender?.networkInterfaceId, source: sender?.privateIpAddress, packets: 3 };
      const flow = { destination: '198.18.0.10', protocol: 'tcp', sourcePort: 40_000, destinationPort: 443 };
      return await Promise.resolve(asked === 1 ? [] : [{ ...packet, ...flow }]);
    };
    Object.assign(world.services.network, { drops });
    await world.run();
    expect(world.row().failureReason).toMatch(
      /^AlgorithmError: , exit code: 1\. algo-1 → 198\.18\.0\.10:443 tcp, 3 packets refused by sg-\w+ \(.*\); EnableNetworkIsolation leaves a container/u,
    );
  });

  it('one address per instance is enough', async () => {
    // The first subnet has room for three: too few for two instances, enough for two that are isolated.
    const { world, seen } = await interfacesOf('isolated');
    const [first] = (world.row().request as { VpcConfig: { Subnets: string[] } }).VpcConfig.Subnets;
    expect([seen[0]?.subnetId, seen[2]?.subnetId]).toEqual([first, first]);
  });
});
