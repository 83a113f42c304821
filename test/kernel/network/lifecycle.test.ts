import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LinuxNetworkDriver, StalePlanError } from '../../../src/drivers/network/linux/linux-network-driver.ts';
import { run } from '../../../src/drivers/process/process.ts';
import { compile } from '../../../src/model/network/compile.ts';
import type { SecurityGroupRule, World } from '../../../src/model/network/world.ts';
import { addresses, changed, eni, enis, ids, numbers, rule, sampleWorld } from './sample-world.ts';
import { Lab } from './lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => lab.close());

const world = sampleWorld();
const endpoint = { kind: 'gateway-endpoint', number: numbers.endpoint } as const;
const vpc = { kind: 'vpc', number: numbers.vpc } as const;
const names = async (): Promise<string[]> => (await readdir('/run/netns').catch(() => [])).filter((name) => name.startsWith(`${lab.prefix}-`));

class Killed extends Error {}
const killedAfter = (step: string) => ({
  afterStep: (done: string) => {
    if (done === step) throw new Killed();
  },
});

describe('stopped between two steps', () => {
  it.each(['namespaces', 'links', 'rules', 'routes', 'listeners'])('after %s nothing passes, and the next apply finishes', async (step) => {
    const plan = compile(world, ids.vpc);
    await expect(lab.driver.apply(plan, killedAfter(step))).rejects.toThrow(Killed);
    await lab.listen(endpoint, 443);
    await lab.listen({ kind: 'network-interface', number: numbers.server }, 7999);
    expect(await lab.connect(numbers.b, addresses.s3, 443)).not.toBe('connected');
    expect(await lab.connect(numbers.b, addresses.server, 7999)).not.toBe('connected');
    // Another driver, as after a crash.
    await new LinuxNetworkDriver({ prefix: lab.prefix }).apply(plan);
    const listens = step === 'namespaces' ? [lab.listen(endpoint, 443)] : [];
    await Promise.all(listens);
    expect(await lab.connect(numbers.b, addresses.s3, 443)).toBe('connected');
  });

  it.each(['namespaces', 'links', 'rules', 'routes', 'listeners', 'links-up'])('after %s a change is made whole by the next apply', async (step) => {
    await lab.apply(world, ids.vpc);
    await lab.listen(endpoint, 443);
    const swapped = changed(world, ids.vpc, (w) => ({
      networkInterfaces: [
        ...w.networkInterfaces.filter((candidate) => candidate.networkInterfaceId !== enis.b),
        // The address of the interface that leaves, on a new one.
        eni(40, 'eni-40', ids.vpc, ids.subnetB, addresses.b, [ids.client]),
      ],
    }));
    await expect(lab.driver.apply(compile(swapped, ids.vpc), killedAfter(step))).rejects.toThrow(Killed);
    const [before, after] = await Promise.all([lab.connect(numbers.b, addresses.s3, 443), lab.connect(40, addresses.s3, 443).catch(() => 'absent')]);
    // The old interface passes until the new rules are there, the new one from the last step on, never both.
    expect(before === 'connected').toBe(step === 'namespaces' || step === 'links');
    expect(after === 'connected').toBe(step === 'links-up');
    await lab.apply(swapped, ids.vpc);
    expect(await lab.connect(40, addresses.s3, 443)).toBe('connected');
    expect(await names()).toEqual(['e11', 'e13', 'e40', 's3', 'v1'].map((name) => `${lab.prefix}-${name}`));
  });
});

it('an interface whose rules are not loaded passes nothing, and the counter says so', async () => {
  await lab.apply(world, ids.vpc);
  const router = lab.driver.namespacePath(vpc);
  await run(['ip', 'netns', 'add', `${lab.prefix}-e99`]);
  await run(['ip', 'link', 'add', 'e99', 'netns', `${lab.prefix}-v1`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', `${lab.prefix}-e99`]);
  await run(['nsenter', `--net=${router}`, 'ip', 'link', 'set', 'e99', 'up']);
  const inside = (...argv: string[]) => lab.inside({ kind: 'network-interface', number: 99 }, 'ip', ...argv);
  await inside('link', 'set', 'eth0', 'up');
  await inside('address', 'add', '10.0.1.50/32', 'dev', 'eth0');
  const link = JSON.parse(await lab.inside(vpc, 'ip', '-json', 'link', 'show', 'e99')) as { address: string }[];
  await inside('neighbour', 'add', '169.254.1.1', 'lladdr', link[0]?.address ?? '', 'dev', 'eth0', 'nud', 'permanent');
  await inside('route', 'add', '169.254.1.1', 'dev', 'eth0');
  await inside('route', 'add', 'default', 'via', '169.254.1.1');
  const { result, rose } = await lab.counted(numbers.vpc, () => lab.connect(99, addresses.server, 7999));
  expect({ result, rose }).toEqual({ result: 'no answer', rose: ['unknown-interface'] });
});

describe('applying again', () => {
  it('the same plan does nothing', async () => {
    const argvs: string[] = [];
    const plan = compile(world, ids.vpc);
    await lab.apply(world, ids.vpc);
    const counting = new LinuxNetworkDriver({
      prefix: lab.prefix,
      run: async (argv, options) => {
        argvs.push(argv.join(' '));
        return run(argv, options);
      },
    });
    await counting.apply(plan);
    expect(argvs).toEqual([]);
  });

  it('an older plan is refused', async () => {
    await lab.apply(
      changed(world, ids.vpc, () => ({})),
      ids.vpc,
    );
    await expect(lab.apply(world, ids.vpc)).rejects.toThrow(StalePlanError);
  });

  it('opens listeners before links', async () => {
    const order: string[] = [];
    await lab.driver.apply(compile(world, ids.vpc), {
      beforeLinksUp: async () => {
        order.push(
          `links are ${(await lab.inside({ kind: 'network-interface', number: numbers.a }, 'ip', 'link', 'show', 'eth0')).includes('UP') ? 'up' : 'down'}`,
        );
      },
      afterStep: (step) => order.push(step),
    });
    expect(order).toEqual(['namespaces', 'links', 'rules', 'routes', 'links are down', 'listeners', 'links-up', 'removed']);
  });

  it('repairs what someone broke', async () => {
    await lab.apply(world, ids.vpc);
    await lab.listen(endpoint, 443);
    await lab.inside(vpc, 'ip', 'route', 'flush', 'table', '1002');
    await lab.inside(vpc, 'ip', 'rule', 'del', 'priority', '1002');
    await lab.inside(vpc, 'nft', 'flush', 'ruleset');
    await lab.inside(vpc, 'ip', 'link', 'del', `e${numbers.server}`);
    expect(await lab.connect(numbers.b, addresses.s3, 443)).toBe('no answer');
    await lab.inside({ kind: 'network-interface', number: numbers.b }, 'ip', 'route', 'flush', 'table', 'main');
    await lab.driver.apply(compile(world, ids.vpc), { verify: true });
    expect(await lab.connect(numbers.b, addresses.s3, 443)).toBe('connected');
    await lab.listen({ kind: 'network-interface', number: numbers.server }, 7999);
    expect(await lab.connect(numbers.b, addresses.server, 7999)).toBe('connected');
  });

  it('loses no packet of a running flow', async () => {
    await lab.apply(world, ids.vpc);
    const echo = `require('node:dgram').createSocket('udp4').on('message', function (m, from) { this.send(m, from.port, from.address); })
      .bind(5000, '${addresses.b}', () => console.log('ready'));`;
    await lab.program({ kind: 'network-interface', number: numbers.b }, echo);
    const opened = changed(world, ids.vpc, (w) => ({
      securityGroups: w.securityGroups.map((group) =>
        group.groupId === ids.client
          ? {
              ...group,
              rules: [...group.rules, { securityGroupRuleId: 'sgr-f', direction: 'ingress', protocol: 'all', peer: { groupId: ids.client } }],
            }
          : group,
      ),
    }));
    await lab.apply(opened, ids.vpc);
    const ping = `const socket = require('node:dgram').createSocket('udp4'); let sent = 0, got = 0;
      socket.on('message', () => { got += 1; });
      socket.bind(0, () => { console.log('ready'); const timer = setInterval(() => { sent += 1; socket.send('x', 5000, '${addresses.b}'); }, 5);
      const tell = () => { console.log(JSON.stringify({ sent, got })); process.exit(); };
      process.stdin.once('data', () => { clearInterval(timer); setInterval(() => { if (got === sent) tell(); }, 20); setTimeout(tell, 3000); }); });`;
    const { child } = await lab.program({ kind: 'network-interface', number: numbers.a }, ping);
    let next = opened;
    for (let round = 0; round < 5; round += 1) {
      next = changed(next, ids.vpc, (w) => ({
        networkInterfaces: [...w.networkInterfaces, eni(50 + round, `eni-5${round}`, ids.vpc, ids.subnetA, `10.0.1.${50 + round}`, [ids.server])],
      }));
      await lab.driver.apply(compile(next, ids.vpc), { verify: true });
    }
    const output = new Promise<string>((resolve) => child.stdout?.once('data', (chunk: Buffer) => resolve(String(chunk))));
    child.stdin?.write('stop\n');
    const { sent, got } = JSON.parse(await output) as { sent: number; got: number };
    expect(sent).toBeGreaterThan(20);
    expect(got).toBe(sent);
  });
});

describe('flows', () => {
  /** A connection that asks again whenever told to, and says whether an answer came. */
  async function conversation(from: number, to: string, port: number): Promise<() => Promise<string>> {
    const script = `const socket = require('node:net').connect(${port}, '${to}', () => console.log('ready')); let waiting;
      socket.on('data', () => { if (waiting !== undefined) console.log('answered'); clearTimeout(waiting); waiting = undefined; });
      process.stdin.on('data', () => { socket.write('x'); waiting = setTimeout(() => { waiting = undefined; console.log('silence'); }, 1500); });`;
    const { child } = await lab.program({ kind: 'network-interface', number: from }, script);
    return async () => {
      const output = new Promise<string>((resolve) => child.stdout?.once('data', (chunk: Buffer) => resolve(String(chunk).trim())));
      child.stdin?.write('again\n');
      return output;
    };
  }
  const echo = `require('node:net').createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(9000, () => console.log('ready'))`;
  const everybody = { cidrBlock: '0.0.0.0/0' };
  const without = (w: World, ...ruleIds: string[]) => ({
    securityGroups: w.securityGroups.map((group) => ({ ...group, rules: group.rules.filter((r) => !ruleIds.includes(r.securityGroupRuleId)) })),
  });

  async function twoGroups(server: readonly SecurityGroupRule[], client: readonly SecurityGroupRule[]): Promise<World> {
    const start = changed(world, ids.vpc, (w) => ({
      securityGroups: w.securityGroups.map((group) => {
        if (group.groupId === ids.server) return { ...group, rules: server };
        return group.groupId === ids.client ? { ...group, rules: client } : group;
      }),
    }));
    await lab.apply(start, ids.vpc);
    await lab.program({ kind: 'network-interface', number: numbers.server }, echo);
    return start;
  }
  const named = (securityGroupRuleId: string, r: SecurityGroupRule): SecurityGroupRule => ({ ...r, securityGroupRuleId });

  it('that are tracked survive the removal of their rules, and no new one starts', async () => {
    const start = await twoGroups(
      [named('sgr-in', rule('ingress', 'tcp', { cidrBlock: '10.0.0.0/16' }, 9000))],
      [named('sgr-out', rule('egress', 'tcp', { groupId: ids.server }, 9000))],
    );
    const ask = await conversation(numbers.b, addresses.server, 9000);
    expect(await ask()).toBe('answered');
    await lab.apply(
      changed(start, ids.vpc, (w) => without(w, 'sgr-in', 'sgr-out')),
      ids.vpc,
    );
    expect(await ask()).toBe('answered');
    expect(await lab.connect(numbers.b, addresses.server, 9000)).toBe('no answer');
  });

  it.each(['sgr-in', 'sgr-answer'])('that everybody may start and answer are cut when %s goes', async (removed) => {
    const start = await twoGroups(
      [named('sgr-in', rule('ingress', 'tcp', everybody, 9000)), named('sgr-answer', rule('egress', 'all', everybody))],
      [named('sgr-out', rule('egress', 'tcp', { groupId: ids.server }, 9000))],
    );
    const ask = await conversation(numbers.b, addresses.server, 9000);
    expect(await ask()).toBe('answered');
    // The asker's side is tracked: its rule may go.
    const less = changed(start, ids.vpc, (w) => without(w, 'sgr-out'));
    await lab.apply(less, ids.vpc);
    expect(await ask()).toBe('answered');
    await lab.apply(
      changed(less, ids.vpc, (w) => without(w, removed)),
      ids.vpc,
    );
    const { result, rose } = await lab.counted(numbers.vpc, ask);
    expect(result).toBe('silence');
    expect(rose).toEqual([removed === 'sgr-in' ? `ingress.${ids.server}` : `egress.${ids.server}`]);
  });

  it('end with the interface: the next one at its address inherits none', async () => {
    const serverOnly = changed(world, ids.vpc, () => ({}));
    await lab.apply(serverOnly, ids.vpc);
    await lab.listen({ kind: 'network-interface', number: numbers.server }, 7999);
    expect(await lab.connect(numbers.b, addresses.server, 7999)).toBe('connected');
    expect(await lab.inside(vpc, 'conntrack', '-L', '-s', addresses.b)).toContain('dport=7999');
    const replaced = changed(serverOnly, ids.vpc, (w) => ({
      networkInterfaces: [
        ...w.networkInterfaces.filter((candidate) => candidate.networkInterfaceId !== enis.b),
        eni(41, 'eni-41', ids.vpc, ids.subnetB, addresses.b, []),
      ],
    }));
    await lab.apply(replaced, ids.vpc);
    expect(await lab.inside(vpc, 'conntrack', '-L', '-s', addresses.b)).toBe('');
  });
});

describe('removing', () => {
  it('a VPC leaves the others alone', async () => {
    await lab.apply(world, ids.vpc, ids.otherVpc);
    expect(await lab.driver.listVpcs()).toEqual([numbers.vpc, numbers.otherVpc]);
    await lab.driver.remove(numbers.vpc);
    expect(await lab.driver.listVpcs()).toEqual([numbers.otherVpc]);
    expect(await names()).toEqual([`${lab.prefix}-e14`, `${lab.prefix}-v2`]);
    await lab.driver.remove(numbers.vpc);
  });

  it('after a crash in the first steps finds the namespaces that had no link yet', async () => {
    await expect(lab.driver.apply(compile(world, ids.vpc), killedAfter('namespaces'))).rejects.toThrow(Killed);
    expect(await names()).toHaveLength(5);
    await lab.driver.remove(numbers.vpc);
    expect(await names()).toEqual([]);
  });

  it('everything needs no knowledge and leaves nothing', async () => {
    await lab.apply(world, ids.vpc, ids.otherVpc);
    const removed = await new LinuxNetworkDriver({ prefix: lab.prefix }).purge();
    expect(removed).toHaveLength(7);
    expect(await names()).toEqual([]);
    expect(existsSync(`/run/cloister-${lab.prefix}`)).toBe(false);
    expect(await lab.driver.listVpcs()).toEqual([]);
    expect(await lab.driver.counters(numbers.vpc)).toEqual([]);
    expect(await lab.driver.drops(numbers.vpc)).toEqual([]);
  });
});

describe('capabilities', () => {
  it('are all there on this machine, and looking leaves nothing', async () => {
    expect((await lab.driver.capabilities()).filter((capability) => !capability.ok)).toEqual([]);
    expect(await names()).toEqual([]);
  });

  it('say what is missing and what to do', async () => {
    const without = new LinuxNetworkDriver({
      prefix: lab.prefix,
      run: async (argv, options) => run(argv.includes('nft') ? ['nft-is-not-here'] : argv, options),
    });
    const missing = (await without.capabilities()).filter((capability) => !capability.ok);
    expect(missing).toEqual([expect.objectContaining({ name: 'nftables', fix: expect.stringContaining('Install nftables') })]);
  });
});
