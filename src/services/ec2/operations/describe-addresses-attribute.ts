import { readsAll } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { elasticIpOf } from '../resources.ts';

/**
 * The one attribute is a domain name for reverse DNS. No address has one: nothing here gives it one.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddressesAttribute.html
 */
export const describeAddressesAttribute: Ec2Operation<'DescribeAddressesAttribute'> = {
  authorize: readsAll('DescribeAddressesAttribute'),
  commit(input, context) {
    for (const id of input.AllocationIds ?? []) elasticIpOf(context, id);
    return { Addresses: [] };
  },
};
