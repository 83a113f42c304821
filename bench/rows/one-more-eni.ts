import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { CreateNetworkInterfaceCommand, CreateSubnetCommand } from '@aws-sdk/client-ec2';
import { namespaceName, namespacePath } from '../../src/drivers/network/linux/namespaces.ts';
import { present } from '../../src/stdx/assert.ts';
import { withDeadline } from '../../src/stdx/deadline.ts';
import type { DaemonLab } from '../../test/kernel/daemon/lab.ts';
import { openLab } from '../lab.ts';
import type { Leftovers } from '../leftovers.ts';
import { serve, until } from '../programs.ts';
import type { Line, Row } from '../row.ts';
import { median } from '../statistics.ts';

const linkMs = 120_000;
const callsAtOnce = 8;

/** Each size in a daemon of its own, so that none waits for the others' VPC. */
export const oneMoreEni: Row = {
  name: 'one-more-eni',
  programs: {},

  async measure({ quick, rounds }, leftovers) {
    const sizes = quick ? [2, 4] : [10, 100, 1_000];
    const vpcs = [];
    for (const size of sizes) vpcs.push({ size, vpc: await GrowingVpc.open(size, leftovers), ms: [] as number[] });
    for (let round = 0; round < rounds; round += 1) {
      for (const { vpc, ms } of vpcs) ms.push(await vpc.oneMore());
    }
    const [smallest, ...larger] = vpcs;
    const least = present(smallest, 'there are sizes');
    return larger.map(({ size, ms }): Line => ({
      what: `one more ENI in a VPC that has ${size.toLocaleString('en')}: CreateNetworkInterface to link up`,
      against: `in one that has ${least.size}`,
      figures: ms.map((figure, round) => figure / (least.ms[round] ?? Number.NaN)),
      unit: '×',
      bar: { atMost: 2 },
      measured: `${median(ms).toFixed(0)} against ${median(least.ms).toFixed(0)} ms`,
    }));
  },
};

/** A VPC with a number of interfaces, and an ear in its router that hears links come up. */
class GrowingVpc {
  readonly #lab: DaemonLab;
  readonly #subnetId: string;
  readonly #groupId: string;
  /** By the name of the router's link: when it came up. */
  readonly #up = new Map<string, PromiseWithResolvers<number>>();

  private constructor(lab: DaemonLab, subnetId: string, groupId: string) {
    this.#lab = lab;
    this.#subnetId = subnetId;
    this.#groupId = groupId;
  }

  static async open(size: number, leftovers: Leftovers): Promise<GrowingVpc> {
    const lab = await openLab(leftovers);
    const { vpcId, groupId } = await lab.makeNetwork();
    const { Subnet } = await lab.ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.16.0/20' }));
    const vpc = new GrowingVpc(lab, present(Subnet?.SubnetId, 'a subnet has an id'), groupId);
    await vpc.#listen(leftovers);
    const links: string[] = [];
    while (links.length < size) {
      const atOnce = Math.min(callsAtOnce, size - links.length);
      links.push(...(await Promise.all(Array.from({ length: atOnce }, async () => await vpc.#create()))));
    }
    for (const link of links) await vpc.#upAt(link);
    return vpc;
  }

  /** From the call to the link that carries packets, in milliseconds. */
  async oneMore(): Promise<number> {
    const started = performance.now();
    return (await this.#upAt(await this.#create())) - started;
  }

  /** The name of its link: the number that the MAC holds. */
  async #create(): Promise<string> {
    const request = { SubnetId: this.#subnetId, Groups: [this.#groupId] };
    const { NetworkInterface } = await this.#lab.ec2.send(new CreateNetworkInterfaceCommand(request));
    const mac = present(NetworkInterface?.MacAddress, 'an interface has a MAC');
    return `e${Number.parseInt(mac.slice(3).replaceAll(':', ''), 16)}`;
  }

  #link(name: string): PromiseWithResolvers<number> {
    const known = this.#up.get(name) ?? Promise.withResolvers<number>();
    this.#up.set(name, known);
    return known;
  }

  async #upAt(name: string): Promise<number> {
    return await withDeadline('linkMs', linkMs, this.#link(name).promise);
  }

  async #listen(leftovers: Leftovers): Promise<void> {
    const router = namespaceName(this.#lab.prefix, { kind: 'vpc', number: 1 });
    await until('the router', async () => await Promise.resolve(existsSync(namespacePath(router))));
    const { stdout } = serve(['ip', '-n', router, 'monitor', 'link'], { leftovers });
    createInterface({ input: stdout }).on('line', (line) => {
      const name = /^\d+: (\w+)@.*\bLOWER_UP\b/.exec(line)?.[1];
      if (name !== undefined) this.#link(name).resolve(performance.now());
    });
  }
}
