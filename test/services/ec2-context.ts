import { expect } from 'vitest';
import type { Access } from '../../src/access/access.ts';
import { AwsError } from '../../src/aws/aws-error.ts';
import type { Demand } from '../../src/model/policy/decision.ts';
import type { Ec2Input } from '../../src/services/ec2/ec2-operation.ts';
import { ec2 } from '../../src/services/ec2/registry.ts';
import type { OperationContext, ReconcilerName } from '../../src/services/operation.ts';
import { seededRandom } from '../../src/stdx/random.ts';
import { Store } from '../../src/store/store.ts';
import { machine } from '../fakes/machine.ts';

type Registry = typeof ec2;
export type Ec2Name = keyof Registry;
type Answer<Name extends Ec2Name> = ReturnType<Registry[Name]['commit']>;

export const accountId = '123456789012';
export const now = new Date('2026-11-01T12:00:00.000Z');

/** Allows everything: what is asked for is looked at through `demands`. */
const access: Access = {
  authorise: () => ({ verdict: 'allow', determining: [], message: '' }),
  caseOf() {
    throw new Error('nothing is refused');
  },
  resolve: () => undefined,
  accountOfKey() {
    throw new Error('nobody asks whose a key is here');
  },
  assumeRole() {
    throw new Error('EC2 assumes no roles');
  },
  issueSession() {
    throw new Error('EC2 issues no credentials');
  },
  endSessions() {
    throw new Error('EC2 ends no credentials');
  },
  issueAccessKey() {
    throw new Error('EC2 issues no credentials');
  },
};

/** An account with an empty store in memory, and a way to call EC2 as the gateway does. */
export function ec2Account(options: { readonly region?: string; readonly chosenIds?: boolean } = {}) {
  const store = new Store(':memory:');
  const random = seededRandom(1);
  const woken: ReconcilerName[] = [];
  const context: OperationContext = {
    accountId,
    region: options.region ?? 'us-east-1',
    requestId: 'request-1',
    principal: { type: 'root', accountId, arn: `arn:aws:iam::${accountId}:root` },
    arrival: { kind: 'host', sourceIp: '127.0.0.1', secure: false },
    now,
    store,
    access,
    machine,
    newId: (prefix) => `${prefix}-${random.hex(17)}`,
    newUuid: () => random.uuid(),
    chosenIds: options.chosenIds ?? false,
    wake: (...names) => woken.push(...names),
    recordRefusal: () => undefined,
    findRefusal: async () => await Promise.resolve(undefined),
    blobPath: (blobId) => blobId,
  };

  function demands<Name extends Ec2Name>(name: Name, input: Ec2Input<Name>): readonly Demand[] {
    const { authorize } = ec2[name] as unknown as { authorize: (given: Ec2Input<Name>, context: OperationContext) => readonly Demand[] };
    return authorize(input, context);
  }

  function call<Name extends Ec2Name>(name: Name, input: Ec2Input<Name>): Answer<Name> {
    expect(demands(name, input), `${name} is judged`).not.toEqual([]);
    const { commit } = ec2[name] as unknown as { commit: (given: Ec2Input<Name>, context: OperationContext, prepared: undefined) => Answer<Name> };
    return store.transact(() => commit(input, context, undefined) as object) as Answer<Name>;
  }

  /** The refusal, and the proof that it changed nothing. */
  function refusal<Name extends Ec2Name>(name: Name, input: Ec2Input<Name>): { code: string; message: string; status: number } {
    const before = ec2Rows(store);
    try {
      call(name, input);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      expect(ec2Rows(store)).toEqual(before);
      const { code, message, status } = error;
      return { code, message, status };
    }
    throw new Error(`${name} was not refused`);
  }

  const createVpc = (CidrBlock = '10.0.0.0/16'): string => call('CreateVpc', { CidrBlock }).Vpc?.VpcId ?? '';
  const createSubnet = (VpcId: string, CidrBlock = '10.0.1.0/24'): string => call('CreateSubnet', { VpcId, CidrBlock }).Subnet?.SubnetId ?? '';
  const createRouteTable = (VpcId: string): string => call('CreateRouteTable', { VpcId }).RouteTable?.RouteTableId ?? '';
  const createGroup = (VpcId: string, GroupName = 'jobs'): string =>
    call('CreateSecurityGroup', { VpcId, GroupName, Description: 'for jobs' }).GroupId ?? '';
  const createInterface = (SubnetId: string, Groups: readonly string[] = []): string =>
    call('CreateNetworkInterface', { SubnetId, Groups }).NetworkInterface?.NetworkInterfaceId ?? '';
  const generation = (vpcId: string): number => store.ec2.vpcs.get(vpcId).generation;

  return {
    store,
    context,
    woken,
    call,
    demands,
    refusal,
    createVpc,
    createSubnet,
    createRouteTable,
    createGroup,
    createInterface,
    generation,
  };
}

/** Everything that EC2 stores. */
export function ec2Rows({ ec2: tables, flowLogs, s3 }: Store): unknown {
  return [
    tables.vpcs,
    tables.subnets,
    tables.routeTables,
    tables.networkAcls,
    tables.securityGroups,
    tables.networkInterfaces,
    tables.networkInterfacePermissions,
    tables.vpcEndpoints,
    tables.endpointServices,
    tables.internetGateways,
    tables.elasticIps,
    tables.natGateways,
    tables.dhcpOptions,
    tables.prefixLists,
    tables.tags,
    flowLogs.rows,
    s3.buckets,
  ].map((collection) => collection.list());
}
