import { AwsError } from '../../../aws/aws-error.ts';
import { readsAll } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';

/**
 * Reads of resources that can not exist here, because nothing creates them: they are truly empty. A closed list. Whoever
 * asks for one of them by id is told that it does not exist.
 */

function refuseIds(ids: readonly string[] | undefined, code: string, message: (id: string) => string): void {
  const [id] = ids ?? [];
  if (id !== undefined) throw new AwsError(code, message(id));
}

export const describeInternetGateways: Ec2Operation<'DescribeInternetGateways'> = {
  authorize: readsAll('DescribeInternetGateways'),
  commit(input) {
    refuseIds(input.InternetGatewayIds, 'InvalidInternetGatewayID.NotFound', (id) => `The internetGateway ID '${id}' does not exist`);
    return { InternetGateways: [] };
  },
};

export const describeNatGateways: Ec2Operation<'DescribeNatGateways'> = {
  authorize: readsAll('DescribeNatGateways'),
  commit(input) {
    refuseIds(input.NatGatewayIds, 'NatGatewayNotFound', (id) => `The Nat Gateway ${id} was not found`);
    return { NatGateways: [] };
  },
};

export const describeAddresses: Ec2Operation<'DescribeAddresses'> = {
  authorize: readsAll('DescribeAddresses'),
  commit(input) {
    refuseIds(input.AllocationIds, 'InvalidAllocationID.NotFound', (id) => `The allocation ID '${id}' does not exist`);
    refuseIds(input.PublicIps, 'InvalidAddress.NotFound', (address) => `Address '${address}' not found.`);
    return { Addresses: [] };
  },
};

export const describeFlowLogs: Ec2Operation<'DescribeFlowLogs'> = {
  authorize: readsAll('DescribeFlowLogs'),
  commit(input) {
    refuseIds(input.FlowLogIds, 'InvalidFlowLogId.NotFound', (id) => `The flow log ID '${id}' does not exist`);
    return { FlowLogs: [] };
  },
};
