import type { Reply, RequestHead } from '../aws/message.ts';
import type { NetworkDriver } from '../drivers/network/network-driver.ts';
import type { RefusalRecord } from '../gateway/records.ts';
import type { ReconcileLoop } from '../reconcile/loop.ts';
import type { Store } from '../store/store.ts';

export interface OperatorDependencies {
  readonly version: string;
  readonly store: Store;
  readonly network: NetworkDriver;
  readonly refusals: { find(requestId: string): Promise<RefusalRecord | undefined> };
  readonly loops: () => readonly ReconcileLoop[];
}

const json = (status: number, value: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`),
});

/** The operator's own paths, on the host's listener only. The gateway has checked the root key for all but health. */
export function operatorPaths(dependencies: OperatorDependencies): (head: RequestHead) => Promise<Reply | undefined> {
  return async ({ method, target }) => {
    if (method !== 'GET') return undefined;
    if (target === '/_cloister/health') return json(200, health(dependencies));
    const vpcId = /^\/_cloister\/networks\/(?<vpcId>vpc-[0-9a-f]+)$/u.exec(target)?.groups?.['vpcId'];
    if (vpcId !== undefined) return await network(dependencies, vpcId);
    const requestId = /^\/_cloister\/refusals\/(?<requestId>[0-9A-Za-z-]{1,64})$/u.exec(target)?.groups?.['requestId'];
    return requestId === undefined ? undefined : await refusal(dependencies, requestId);
  };
}

function health({ version, loops }: OperatorDependencies): unknown {
  return {
    version,
    services: Object.fromEntries(['ec2', 'iam', 'logs', 's3', 'sagemaker', 'sts'].map((service) => [service, 'running'])),
    reconcilers: loops().map(({ name, last }) => ({ name, changed: last?.changed ?? 0, failures: last?.failures ?? [] })),
  };
}

/** Why policies refused a request: the verdict, and the statements or the missing permission that determined it. */
async function refusal({ refusals }: OperatorDependencies, requestId: string): Promise<Reply> {
  const record = await refusals.find(requestId);
  return record === undefined ? json(404, { message: `no refusal of request ${requestId} is kept` }) : json(200, record);
}

/** What the kernel counts for one VPC: packets by gate, and the flows that were dropped. */
async function network({ store, network: driver }: OperatorDependencies, vpcId: string): Promise<Reply> {
  const vpc = store.ec2.vpcs.find(vpcId);
  if (vpc === undefined) return json(404, { message: `${vpcId} does not exist` });
  return json(200, {
    vpcId,
    generation: vpc.generation,
    appliedGeneration: store.identifiers.appliedGeneration(vpcId),
    counters: await driver.counters(vpc.number),
    drops: await driver.drops(vpc.number),
  });
}
