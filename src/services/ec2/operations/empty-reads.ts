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

export const describeInstances: Ec2Operation<'DescribeInstances'> = {
  authorize: readsAll('DescribeInstances'),
  commit(input) {
    refuseIds(input.InstanceIds, 'InvalidInstanceID.NotFound', (id) => `The instance ID '${id}' does not exist`);
    return { Reservations: [] };
  },
};

export const describeVpcPeeringConnections: Ec2Operation<'DescribeVpcPeeringConnections'> = {
  authorize: readsAll('DescribeVpcPeeringConnections'),
  commit(input) {
    const code = 'InvalidVpcPeeringConnectionID.NotFound';
    refuseIds(input.VpcPeeringConnectionIds, code, (id) => `The vpcPeeringConnection ID '${id}' does not exist`);
    return { VpcPeeringConnections: [] };
  },
};
