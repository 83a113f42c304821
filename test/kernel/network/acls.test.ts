import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkAclEntry, World } from '../../../src/model/network/world.ts';
import { addresses, changed, ids, numbers, openAcl, rule, sampleWorld, withRules } from './sample-world.ts';
import { type Answer, Lab } from './lab.ts';

/** The ACL of subnet b, where the server and the way to S3 are. */
const acl = 'acl-0b';
let lab: Lab;
let world: World = sampleWorld();

beforeAll(async () => {
  lab = await Lab.open();
  await lab.apply(world, ids.vpc);
  await Promise.all([
    lab.listen({ kind: 'gateway-endpoint', number: numbers.endpoint }, 443),
    lab.listen({ kind: 'network-interface', number: numbers.server }, 7999),
    lab.listen({ kind: 'vpc', number: numbers.vpc }, 53),
  ]);
});
afterAll(async () => lab.close());

const allow = (direction: NetworkAclEntry['direction'], more: Partial<NetworkAclEntry> = {}): NetworkAclEntry => ({
  direction,
  ruleNumber: 100,
  action: 'allow',
  protocol: 'all',
  peer: { cidrBlock: '0.0.0.0/0' },
  ...more,
});
const clients = { protocol: 'tcp', fromPort: 1_024, toPort: 65_535 } as const;

async function apply(...entries: readonly NetworkAclEntry[]): Promise<void> {
  const own = { ...openAcl(acl, ids.vpc), isDefault: false, subnetIds: [ids.subnetB], entries };
  world = changed(world, ids.vpc, (w) => ({ networkAcls: [...w.networkAcls.filter(({ networkAclId }) => networkAclId !== acl), own] }));
  await lab.apply(world, ids.vpc);
}

const attempt = async (from: number, to: string, port: number): Promise<{ result: Answer; rose: string[] }> =>
  await lab.counted(numbers.vpc, () => lab.connect(from, to, port));
const passed = { result: 'connected', rose: [] };
const droppedBy = (...rose: string[]) => ({ result: 'no answer', rose });

describe('a network ACL in the kernel', () => {
  it('does not see questions to the resolver', async () => {
    await apply();
    expect(await attempt(numbers.b, '10.0.0.2', 53)).toEqual(passed);
  });

  it('lets pass what stays in the subnet, which meets its groups', async () => {
    await apply();
    expect(await attempt(numbers.b, addresses.server, 7999)).toEqual(passed);
    world = changed(world, ids.vpc, (w) => withRules(w, ids.server, (rules) => rules.filter(({ direction }) => direction === 'egress')));
    await lab.apply(world, ids.vpc);
    expect(await attempt(numbers.b, addresses.server, 7999)).toEqual(droppedBy(`ingress.${ids.server}`));
    world = changed(world, ids.vpc, (w) => withRules(w, ids.server, (rules) => [...rules, rule('ingress', 'tcp', { groupId: ids.client }, 7999)]));
    await lab.apply(world, ids.vpc);
  });

  it('refuses what no entry names, out of the subnet', async () => {
    await apply(allow('egress'), allow('ingress'));
    expect(await attempt(numbers.b, addresses.s3, 443)).toEqual(passed);
    await apply();
    expect(await attempt(numbers.b, addresses.s3, 443)).toEqual(droppedBy(`egress-acl.${acl}`));
  });

  it('refuses the answer of S3 that no entry names', async () => {
    await apply(allow('egress'));
    expect(await attempt(numbers.b, addresses.s3, 443)).toEqual(droppedBy(`ingress-acl.${acl}`));
    await apply(allow('egress'), allow('ingress', clients));
    expect(await attempt(numbers.b, addresses.s3, 443)).toEqual(passed);
  });

  it('takes the lowest number that matches', async () => {
    const deny = allow('egress', { ruleNumber: 50, action: 'deny', protocol: 'tcp', fromPort: 443, toPort: 443 });
    await apply(allow('egress'), allow('ingress'), deny);
    expect(await attempt(numbers.b, addresses.s3, 443)).toEqual(droppedBy(`egress-acl.${acl}`));
    await apply(allow('egress'), allow('ingress'), { ...deny, ruleNumber: 101 });
    expect(await attempt(numbers.b, addresses.s3, 443)).toEqual(passed);
  });

  it('judges what comes into the subnet, and the answer that leaves it', async () => {
    await apply(allow('egress'));
    expect(await attempt(numbers.a, addresses.server, 7999)).toEqual(droppedBy(`ingress-acl.${acl}`));
    await apply(allow('ingress'));
    expect(await attempt(numbers.a, addresses.server, 7999)).toEqual(droppedBy(`egress-acl.${acl}`));
    await apply(allow('ingress'), allow('egress', clients));
    expect(await attempt(numbers.a, addresses.server, 7999)).toEqual(passed);
  });

  it('cuts a flow that an entry no longer names, although its group tracks it', async () => {
    await apply(allow('egress'), allow('ingress'));
    const echo = `require('node:dgram').createSocket('udp4').on('message', function (m, from) { this.send(m, from.port, from.address); })
      .bind(5000, '${addresses.b}', () => console.log('ready'));`;
    await lab.program({ kind: 'network-interface', number: numbers.b }, echo);
    const open = withRules(world, ids.client, (rules) => [...rules, rule('ingress', 'all', { groupId: ids.client })]);
    world = changed(world, ids.vpc, () => open);
    await lab.apply(world, ids.vpc);
    const ask = `const s = require('node:dgram').createSocket('udp4'); const words = require('node:readline').createInterface({ input: process.stdin });
      s.bind(6000, () => console.log('ready'));
      words.on('line', () => { const t = setTimeout(() => console.log('no answer'), 1500); s.once('message', () => { clearTimeout(t); console.log('answer'); }); s.send('x', 5000, '${addresses.b}'); });`;
    const { child } = await lab.program({ kind: 'network-interface', number: numbers.a }, ask);
    const next = async (): Promise<string> => {
      const said = new Promise<string>((resolve) => child.stdout?.once('data', (chunk: Buffer) => resolve(String(chunk).trim())));
      child.stdin?.write('ask\n');
      return await said;
    };
    expect(await next()).toBe('answer');
    await apply(allow('egress'));
    const { result, rose } = await lab.counted(numbers.vpc, next);
    expect([result, rose]).toEqual(['no answer', [`ingress-acl.${acl}`]]);
  });
});
