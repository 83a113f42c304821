import { compile } from '../../../src/model/network/compile.ts';
import { localTable } from '../../../src/model/network/gates.ts';
import type { RoutePlan, VpcPlan } from '../../../src/model/network/plan.ts';
import { createJob, jobRequest, logLine } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { isLinked, linkOutside, outside } from '../outside.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly jobName: string;
}

const program =
  "fetch(process.argv[1],{signal:AbortSignal.timeout(2e3)}).then(async r=>console.log('T25',r.status,await r.text()),e=>console.log('T25',e.name))";

async function setting(world: World, daemon: SeedDaemon): Promise<Setting> {
  const network = await createNetwork(daemon);
  await linkOutside(world, daemon, network);
  return { daemon, network, jobName: world.name('t25') };
}

/** The plan with a way out: every route table leads to the server, and no stage judges what goes there and comes back. */
function withWayOut(plan: VpcPlan): VpcPlan {
  const { router } = plan;
  const { address: destination, link: device } = outside;
  const tables = [...new Set(router.routes.map(({ table }) => table))].filter((table) => table !== localTable);
  const routes = tables.map((table): RoutePlan => ({ table, type: 'unicast', destination, device }));
  const objects = router.ruleset.objects.map((object) => {
    if (object.kind !== 'chain') return object;
    if (object.hook?.includes('hook prerouting') === true) return { ...object, statements: [`iifname "${device}" accept`, ...object.statements] };
    if (object.hook?.includes('hook forward') === true) return { ...object, statements: [`oifname "${device}" accept`, ...object.statements] };
    return object;
  });
  return { ...plan, router: { ...router, routes: [...router.routes, ...routes], ruleset: { ...router.ruleset, objects } } };
}

export const t25: SeedRow = {
  id: 'T25',
  client: 'JS SDK; fetch in the container',
  command: `fetch('http://${outside.address}') in the container`,
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, await world.whole()),
      async assertion({ daemon, network, jobName }) {
        const counter = `route.${network.routeTableId}`;
        const before = await daemon.refusedPackets(network.vpcId, counter);
        const entrypoint = ['node', '-e', program, `http://${outside.address}/`];
        await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint }));
        const line = await logLine(daemon, jobName, 'T25');
        claim(await isLinked(daemon, network), 'the server has lost its link to the router');
        claim(line === 'TimeoutError', `the container got: ${line}`);
        const refused = (await daemon.refusedPackets(network.vpcId, counter)) - before;
        claim(refused > 0, `counter ${counter} did not grow`);
        return `no answer from ${outside.address}:${outside.port}, where a server listens; counter ${counter}: +${refused} packets`;
      },
      control: {
        without: 'the route gate: the plan has a way out',
        async setting(world) {
          // The way out is a link of the router: it can be in the plan once the router is there.
          let linked = false;
          const daemon = await world.daemon({ compile: (all, vpcId) => (linked ? withWayOut(compile(all, vpcId)) : compile(all, vpcId)) });
          const prepared = await setting(world, daemon);
          linked = true;
          return prepared;
        },
        refutedBy: /^the container got: 200 outside$/,
      },
    }),
  ],
};
