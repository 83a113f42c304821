import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../../src/model/network/world.ts';
import { addresses, changed, enis, ids, numbers, rule, sampleWorld, withRules } from './sample-world.ts';
import { type Answer, Lab } from './lab.ts';

let lab: Lab;
let world: World = sampleWorld();

beforeAll(async () => {
  lab = await Lab.open();
  await lab.apply(world, ids.vpc, ids.otherVpc);
  await Promise.all([
    lab.listen({ kind: 'gateway-endpoint', number: numbers.endpoint }, 80, 443, 22),
    lab.listen({ kind: 'network-interface', number: numbers.a }, 7999),
    lab.listen({ kind: 'network-interface', number: numbers.server }, 7999, 7998),
    lab.listen({ kind: 'network-interface', number: numbers.other }, 7999),
    lab.listen({ kind: 'vpc', number: numbers.vpc }, 53, 80),
  ]);
});
afterAll(async () => lab.close());

/** The verdict, and the counters that rose: the gate that gave it. */
async function attempt(from: number, to: string, port: number): Promise<{ result: Answer; rose: string[] }> {
  return lab.counted(numbers.vpc, () => lab.connect(from, to, port));
}

const passed = { result: 'connected', rose: [] };
const droppedBy = (...rose: string[]) => ({ result: 'no answer', rose });

async function change(edit: (world: World) => Partial<World>): Promise<void> {
  world = changed(world, ids.vpc, edit);
  await lab.apply(world, ids.vpc);
}

describe('S3', () => {
  it('is reached from the subnet whose route table has the endpoint', async () => {
    expect(await attempt(numbers.b, addresses.s3, 443)).toEqual(passed);
    expect(await attempt(numbers.b, '198.18.0.200', 443)).toEqual(passed);
  });

  it('is not reached from the subnet whose route table has not', async () => {
    expect(await attempt(numbers.a, addresses.s3, 443)).toEqual(droppedBy(`route.${ids.mainTable}`));
  });

  it('is refused by a group without the rule', async () => {
    expect(await attempt(numbers.b, addresses.s3, 80)).toEqual(droppedBy(`egress.${ids.client}`));
  });

  it('answers on the ports of HTTP and nowhere else', async () => {
    expect(await attempt(numbers.server, addresses.s3, 80)).toEqual(passed);
    expect(await attempt(numbers.server, addresses.s3, 22)).toEqual(droppedBy(`endpoint.${ids.endpoint}`));
  });
});

describe('between interfaces', () => {
  it('a group lets in the members of a group', async () => {
    expect(await attempt(numbers.a, addresses.server, 7999)).toEqual(passed);
    expect(await attempt(numbers.b, addresses.server, 7999)).toEqual(passed);
  });

  it('the receiver refuses what only the sender allows', async () => {
    expect(await attempt(numbers.server, addresses.a, 7999)).toEqual(droppedBy(`ingress.${ids.client}`));
  });

  it('the sender refuses what only the receiver could allow', async () => {
    expect(await attempt(numbers.a, addresses.server, 7998)).toEqual(droppedBy(`egress.${ids.client}`));
  });

  it('an address that nobody has swallows packets', async () => {
    expect(await attempt(numbers.server, '10.0.2.77', 7999)).toEqual(droppedBy(`destination.${ids.vpc}`));
  });
});

describe('the resolver', () => {
  it.each(['10.0.0.2', '169.254.169.253'])('at %s hears names, from groups that allow nothing of the kind', async (address) => {
    expect(await attempt(numbers.a, address, 53)).toEqual(passed);
  });

  it.each(['10.0.0.2', '169.254.169.253'])('at %s hears nothing else', async (address) => {
    expect(await attempt(numbers.server, address, 80)).toEqual(droppedBy(`resolver.${ids.vpc}`));
  });
});

describe('nothing leads out', () => {
  it.each(['169.254.169.254', '169.254.1.1', '127.0.0.2', '8.8.8.8', '198.18.1.10', '255.255.255.255'])('to %s', async (address) => {
    const { result, rose } = await attempt(numbers.server, address, 80);
    expect(result).not.toBe('connected');
    // Loopback addresses never leave the interface's own namespace.
    expect(rose).toEqual(address.startsWith('127.') || address === '255.255.255.255' ? [] : [`route.${ids.s3Table}`]);
  });

  it('to the addresses of the host', async () => {
    const { networkInterfaces } = await import('node:os');
    const hosts = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).filter((a) => a.family === 'IPv4' && !a.internal));
    for (const { address } of hosts) expect(await attempt(numbers.server, address, 80)).toMatchObject({ result: 'no answer' });
  });

  it('to another VPC, which may have the same block', async () => {
    expect(await attempt(numbers.server, addresses.other, 7999)).toEqual(droppedBy(`destination.${ids.vpc}`));
    const back = await lab.counted(numbers.otherVpc, () => lab.connect(numbers.other, addresses.server, 7999));
    expect(back).toEqual(droppedBy('destination.vpc-0b'));
  });

  it('by IPv6', async () => {
    const ipv6 = await lab.inside({ kind: 'network-interface', number: numbers.a }, 'ip', '-6', 'address');
    expect(ipv6).toBe('');
    expect(await lab.inside({ kind: 'vpc', number: numbers.vpc }, 'ip', '-6', 'address')).toBe('');
  });
});

describe('forgery', () => {
  const inEni = (...argv: string[]): Promise<string> => lab.inside({ kind: 'network-interface', number: numbers.a }, ...argv);
  const knowGateway = (): Promise<string> =>
    inEni('ip', 'neighbour', 'replace', '169.254.1.1', 'lladdr', '0a:00:a9:fe:01:01', 'dev', 'eth0', 'nud', 'permanent');
  /** Changing the MAC makes the kernel forget the interface's neighbours. */
  const setMac = async (mac: string): Promise<void> => {
    await inEni('ip', 'link', 'set', 'eth0', 'address', mac);
    await knowGateway();
  };
  const spoofed = droppedBy(`spoof.${ids.vpc}`);

  it.each(['10.0.1.99', addresses.b])('of the source address %s is dropped', async (source) => {
    await inEni('ip', 'address', 'add', `${source}/32`, 'dev', 'eth0');
    await inEni('ip', 'route', 'replace', 'default', 'via', '169.254.1.1', 'dev', 'eth0', 'src', source);
    try {
      expect(await attempt(numbers.a, addresses.server, 7999)).toEqual(spoofed);
    } finally {
      await inEni('ip', 'route', 'replace', 'default', 'via', '169.254.1.1', 'dev', 'eth0', 'src', addresses.a);
      await inEni('ip', 'address', 'del', `${source}/32`, 'dev', 'eth0');
    }
  });

  it('of the MAC is dropped', async () => {
    await setMac('02:00:00:00:99:99');
    try {
      expect(await attempt(numbers.a, addresses.server, 7999)).toEqual(spoofed);
    } finally {
      await setMac('02:00:00:00:00:0b');
    }
    expect(await attempt(numbers.a, addresses.server, 7999)).toEqual(passed);
  });

  it('of neighbours by ARP changes nothing', async () => {
    const neighbours = await lab.inside({ kind: 'vpc', number: numbers.vpc }, 'ip', 'neighbour', 'show');
    expect(neighbours.trim().split('\n')).toHaveLength(4);
    expect(neighbours.trim().split('\n')).toSatisfy((lines: string[]) => lines.every((line) => line.includes('PERMANENT')));
    // Without its own entry for the gateway the interface asks, and nobody answers.
    await inEni('ip', 'neighbour', 'del', '169.254.1.1', 'dev', 'eth0');
    try {
      expect(await lab.connect(numbers.a, addresses.server, 7999)).toBe('no answer');
    } finally {
      await knowGateway();
    }
  });
});

it('every dropped packet is noted by gate, interfaces and ports', async () => {
  await lab.connect(numbers.server, addresses.a, 7999);
  const drops = await lab.driver.drops(numbers.vpc);
  expect(drops).toContainEqual(
    expect.objectContaining({
      gate: 'ingress-groups',
      fromInterface: enis.server,
      toInterface: enis.a,
      protocol: 'tcp',
      source: addresses.server,
      destination: addresses.a,
      destinationPort: 7999,
    }),
  );
  expect(drops).toContainEqual(expect.objectContaining({ gate: 'anti-spoofing', fromInterface: enis.a, source: '10.0.1.99' }));
  expect(drops).toContainEqual(expect.objectContaining({ gate: 'route', fromInterface: enis.a, destination: addresses.s3, destinationPort: 443 }));
});

describe('changes', () => {
  it('removing the egress rule shuts S3 off, and giving it back opens it', async () => {
    const before = world;
    await change((w) => withRules(w, ids.client, (rules) => rules.filter((r) => !('prefixListId' in r.peer))));
    expect(await attempt(numbers.b, addresses.s3, 443)).toEqual(droppedBy(`egress.${ids.client}`));
    await change((w) => withRules(w, ids.client, () => before.securityGroups[0]?.rules ?? []));
    expect(await attempt(numbers.b, addresses.s3, 443)).toEqual(passed);
  });

  it('removing the endpoint from the route table shuts S3 off', async () => {
    const { routeTables } = world;
    await change(() => ({ routeTables: routeTables.map((t) => ({ ...t, routes: t.routes.filter((r) => r.target.kind === 'local') })) }));
    expect(await attempt(numbers.b, addresses.s3, 443)).toEqual(droppedBy(`route.${ids.s3Table}`));
    await change(() => ({ routeTables }));
    expect(await attempt(numbers.b, addresses.s3, 443)).toEqual(passed);
  });

  it('without enableDnsSupport there is no resolver', async () => {
    await change((w) => ({ vpcs: w.vpcs.map((v) => ({ ...v, enableDnsSupport: false })) }));
    expect(await attempt(numbers.a, '10.0.0.2', 53)).toEqual(droppedBy(`resolver.${ids.vpc}`));
    expect(await attempt(numbers.a, '169.254.169.253', 53)).toEqual(droppedBy(`resolver.${ids.vpc}`));
    await change((w) => ({ vpcs: w.vpcs.map((v) => ({ ...v, enableDnsSupport: true })) }));
    expect(await attempt(numbers.a, '10.0.0.2', 53)).toEqual(passed);
  });

  it('a new rule for a block is enough', async () => {
    await change((w) => withRules(w, ids.client, (rules) => [...rules, rule('ingress', 'tcp', { cidrBlock: '10.0.2.0/25' }, 7000, 8000)]));
    expect(await attempt(numbers.server, addresses.a, 7999)).toEqual(passed);
  });

  it('counters and notes survive them', async () => {
    expect(await lab.packets(numbers.vpc, `route.${ids.mainTable}`)).toBeGreaterThan(0);
    expect(await lab.driver.drops(numbers.vpc)).toContainEqual(expect.objectContaining({ gate: 'anti-spoofing', source: '10.0.1.99' }));
  });
});
