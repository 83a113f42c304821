import type { World as NetworkWorld } from '../../src/model/network/world.ts';

/** The same network with every endpoint in every route table. */
export function everyTableLeadsToS3(world: NetworkWorld): NetworkWorld {
  const routeTables = world.routeTables.map((table) => {
    const routes = world.gatewayEndpoints
      .filter(({ vpcId }) => vpcId === table.vpcId)
      .map(({ prefixListId, vpcEndpointId }) => ({ destination: { prefixListId }, target: { kind: 'gateway-endpoint' as const, vpcEndpointId } }));
    return { ...table, routes: [...table.routes, ...routes] };
  });
  return { ...world, routeTables };
}

/** The same network without any route to an endpoint. */
export function noTableLeadsToS3(world: NetworkWorld): NetworkWorld {
  const routeTables = world.routeTables.map((table) => ({
    ...table,
    routes: table.routes.filter(({ target }) => target.kind !== 'gateway-endpoint'),
  }));
  return { ...world, routeTables };
}
