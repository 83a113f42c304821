import { CreateRouteTableCommand } from '@aws-sdk/client-ec2';
import { basename } from 'node:path';
import { run } from '../../../src/drivers/process/process.ts';
import { present } from '../../../src/stdx/assert.ts';
import { until } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  /** The tables that the assertion looks at. */
  readonly tables: readonly string[];
  /** What `create-vpc-endpoint` is told of tables. */
  readonly selection: readonly string[];
}

async function setting(world: World): Promise<Setting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon);
  const second = await daemon.ec2.send(new CreateRouteTableCommand({ VpcId: network.vpcId }));
  // One more, that nobody selects.
  await daemon.ec2.send(new CreateRouteTableCommand({ VpcId: network.vpcId }));
  const tables = [network.routeTableId, present(second.RouteTable?.RouteTableId, 'a route table has an id')];
  return { daemon, network, tables, selection: ['--route-table-ids', ...tables] };
}

interface RouteJson {
  readonly dst: string;
  readonly dev?: string;
  readonly table?: string;
}

/** The routes to a block that the VPC's router has in the kernel, one for each table that leads there. */
async function kernelRoutes(daemon: SeedDaemon, { vpcId }: Network, block: string): Promise<number> {
  const path = daemon.routerPath(vpcId);
  if (path === undefined) return 0;
  const routes = JSON.parse(await run(['ip', '-n', basename(path), '-j', 'route', 'show', 'table', 'all'])) as RouteJson[];
  return routes.filter(({ dst, dev }) => dst === block && dev !== undefined).length;
}

export const c11: SeedRow = {
  id: 'C11',
  client: 'AWS CLI',
  command: 'aws ec2 describe-vpc-endpoint-services, create-vpc-endpoint --route-table-ids …, describe-route-tables',
  proofs: [
    proofOf<Setting>({
      setting,
      async assertion({ daemon, network, tables, selection }) {
        const ofS3 = ['--filters', 'Name=service-type,Values=Gateway', 'Name=service-name,Values=com.amazonaws.us-east-1.s3'];
        const { ServiceNames } = await daemon.aws('ec2', 'describe-vpc-endpoint-services', ...ofS3);
        const endpoint = ['--vpc-endpoint-type', 'Gateway', '--vpc-id', network.vpcId, '--service-name', ServiceNames[0], ...selection];
        const { VpcEndpoint } = await daemon.aws('ec2', 'create-vpc-endpoint', ...endpoint);
        const { RouteTables } = await daemon.aws('ec2', 'describe-route-tables', '--filters', `Name=vpc-id,Values=${network.vpcId}`);
        const leading: string[] = RouteTables.filter(({ Routes }: { Routes: Record<string, string>[] }) =>
          Routes.some((route) => route['GatewayId'] === VpcEndpoint.VpcEndpointId && route['State'] === 'active'),
        ).map(({ RouteTableId }: { RouteTableId: string }) => RouteTableId);
        claim(
          String(leading.toSorted()) === String(tables.toSorted()),
          `tables that lead to ${VpcEndpoint.VpcEndpointId}: ${leading.join(', ') || 'none'}`,
        );
        const { PrefixLists } = await daemon.aws('ec2', 'describe-prefix-lists', '--filters', `Name=prefix-list-name,Values=${ServiceNames[0]}`);
        const [block] = PrefixLists[0].Cidrs as [string];
        const inKernel = await until(`the kernel has the routes to ${VpcEndpoint.VpcEndpointId}`, async () => {
          const found = await kernelRoutes(daemon, network, block);
          return found === tables.length ? found : undefined;
        });
        return `${leading.join(' and ')} have ${PrefixLists[0].PrefixListId} → ${VpcEndpoint.VpcEndpointId}, a third table has not; ${inKernel} routes to ${block} in the router`;
      },
      control: {
        without: 'the selection of route tables',
        setting: async (world) => ({ ...(await setting(world)), selection: [] }),
        refutedBy: /^tables that lead to vpce-[0-9a-f]+: none$/u,
      },
    }),
  ],
};
