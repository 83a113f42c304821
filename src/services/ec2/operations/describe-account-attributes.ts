import { readsAll } from '../authorization.ts';
import { findDefaultVpc } from '../default-vpc.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { invalidParameterValue } from '../errors.ts';
import { quotas } from '../quotas.ts';
import type { ResourceContext } from '../resources.ts';

/** What there is none of, is zero. */
const attributesOf = (context: ResourceContext): Readonly<Record<string, string>> => ({
  'default-vpc': findDefaultVpc(context)?.vpcId ?? 'none',
  'max-elastic-ips': '0',
  'max-instances': '0',
  'supported-platforms': 'VPC',
  'vpc-max-elastic-ips': '0',
  'vpc-max-security-groups-per-interface': String(quotas.securityGroupsPerNetworkInterface),
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html */
export const describeAccountAttributes: Ec2Operation<'DescribeAccountAttributes'> = {
  authorize: readsAll('DescribeAccountAttributes'),
  commit(input, context) {
    const attributes = attributesOf(context);
    const names: readonly string[] = input.AttributeNames ?? [];
    const unknown = names.find((name) => !Object.hasOwn(attributes, name));
    if (unknown !== undefined) throw invalidParameterValue(`Value (${unknown}) for parameter attributeName is invalid. Unknown attribute.`);
    const given = Object.entries(attributes).filter(([name]) => names.length === 0 || names.includes(name));
    return { AccountAttributes: given.map(([AttributeName, AttributeValue]) => ({ AttributeName, AttributeValues: [{ AttributeValue }] })) };
  },
};
